-- purpose: put an entry into the index
-- params: key STRING, type STRING, page STRING, title STRING, heading STRING, context STRING, address STRING, position INT, faded BOOLEAN, locks STRING, folded STRING, names STRING, tags STRING, body STRING
-- writes: entries
INSERT INTO entries (key, type, page, title, heading, context, address, position, faded, locks, folded, names, tags, body)
VALUES (:key, :type, :page, :title, :heading, :context, :address, :position, :faded, :locks, :folded, :names, :tags, :body)

// node read.cjs ADDRESS: what the npm client `statuspage.io` reads, and the badge that `badge-maker` draws.
const { Statuspage } = require("statuspage.io");
const { makeBadge } = require("badge-maker");

async function main(address) {
  const client = new Statuspage("portal");
  client.setApiUrl(address);
  const { label, message, color } = await (await fetch(`${address}/api/badges/sales.json`)).json();
  return {
    summary: await client.api.getSummary(),
    status: await client.api.getStatus(),
    components: await client.api.getComponents(),
    unresolved: await client.api.incidents.getUnresolved(),
    upcoming: await client.api.scheduledMaintenances.getUpcoming(),
    badge: makeBadge({ label, message, color }),
  };
}

main(process.argv[2]).then((found) => console.log(JSON.stringify(found)));

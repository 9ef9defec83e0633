// What a page of the documentation does in the browser: goes to its headings, shows where one is, filters the contents,
// copies code, prints, and marks the words that somebody searched for. Without it, everything can still be read.
const TOP = 96, PATIENCE_MS = 3000;

export default function ({ data }) {
  const main = document.querySelector('[data-testid="stMain"]');
  const body = () => document.querySelector(".docs-body");
  const target = (hash) => document.getElementById("doc-" + decodeURIComponent(hash.slice(1)).replace(/^doc-/, ""));
  const ends = [];
  const on = (where, what, act) => { where.addEventListener(what, act); ends.push(() => where.removeEventListener(what, act)); };

  function show(hash) {
    const found = hash.length > 1 && target(hash);
    if (!found) return false;
    for (let box = found.parentElement; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    main.scrollTop += found.getBoundingClientRect().top - TOP;
    return true;
  }

  // The page is drawn after this runs, and an address without its anchor may be written meanwhile.
  const wanted = window.portalAnchor || location.hash, began = performance.now();
  const place = data.place + wanted;
  if (window.portalDocsPlace !== place) {
    window.portalDocsPlace = place;
    const turned = window.portalDocsPage !== data.place;
    window.portalDocsPage = data.place;
    window.portalAnchor = "";
    (function arrive() {
      const drawn = document.querySelector(`.docs-body[data-place="${CSS.escape(data.place)}"]`);
      if (!drawn || (wanted.length > 1 && !show(wanted))) {
        if (performance.now() - began < PATIENCE_MS) requestAnimationFrame(arrive);
        return;
      }
      if (wanted.length > 1) {
        if (location.hash !== wanted) history.replaceState(history.state, "", location.pathname + location.search + wanted);
      } else if (turned) main.scrollTop = 0;
      mark();
      dress();
      spy();
    })();
  }

  function spy() {
    const links = [...document.querySelectorAll(".docs-toc a[href^='#']")];
    const passed = links.filter((link) => target(link.getAttribute("href"))?.getBoundingClientRect().top < TOP + 24);
    const end = main.scrollTop + main.clientHeight >= main.scrollHeight - 4 && main.scrollTop > 0;
    const here = end ? links.at(-1) : passed.at(-1) ?? links[0];
    for (const link of links) link.toggleAttribute("data-here", link === here);
    const rail = here?.closest(".docs-rail");
    if (rail) rail.scrollTop = here.offsetTop - rail.clientHeight / 2;
  }

  function dress() {
    for (const code of document.querySelectorAll(".docs-body .highlight > pre")) {
      if (code.parentElement.querySelector(".docs-copy")) continue;
      const button = document.createElement("button");
      button.className = "docs-copy i";
      button.type = "button";
      button.textContent = "content_copy";
      button.title = "Copy";
      button.setAttribute("aria-label", "Copy this code");
      code.parentElement.append(button);
    }
  }

  function mark() {
    const words = (new URLSearchParams(location.search).get("q") ?? "").toLowerCase().split(/\s+/).filter((w) => w.length > 1);
    CSS.highlights?.delete("docs-found");
    if (!words.length || !CSS.highlights || !body()) return;
    const ranges = [], texts = document.createTreeWalker(body(), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.data.toLowerCase();
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(texts.currentNode, at);
          range.setEnd(texts.currentNode, at + word.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("docs-found", new Highlight(...ranges));
  }

  function filter(field) {
    const words = field.value.trim().toLowerCase();
    const tree = field.closest(".docs-tree");
    for (const item of tree.querySelectorAll("li")) {
      item.hidden = !!words && !item.textContent.toLowerCase().includes(words);
    }
    for (const group of tree.querySelectorAll("details")) {
      group.dataset.open ??= String(group.open);
      group.open = words ? true : group.dataset.open === "true";
      if (!words) delete group.dataset.open;
    }
  }

  on(document, "click", async (event) => {
    const inside = event.target.closest?.(".docs a[href^='#'], .docs-toc a[href^='#']");
    if (inside) {
      const hash = "#" + inside.getAttribute("href").slice(1).replace(/^doc-/, "");
      if (!target(hash)) return;
      event.preventDefault();
      window.portalDocsPlace = data.place + hash;
      history.pushState(history.state, "", location.pathname + location.search + hash);
      show(hash);
    }
    const copy = event.target.closest?.(".docs-copy");
    if (copy) {
      await navigator.clipboard.writeText(copy.parentElement.querySelector("pre").textContent);
      copy.textContent = "check";
      setTimeout(() => { copy.textContent = "content_copy"; }, 1500);
    }
    if (event.target.closest?.(".docs-print")) window.print();
  });
  on(document, "input", (event) => event.target.matches?.(".docs-filter") && filter(event.target));
  on(window, "popstate", () => show(location.hash));
  on(main, "scroll", spy);
  return () => ends.forEach((end) => end());
}

// Lists of requests: count what is ticked, tell of new arrivals, and keys for whoever turns them on. All works without.
const one = (what) => document.querySelector(what);

// The filters and the saved views stand open where there is room; on a narrow window they start closed, filters that are on
// excepted.
const views = one(".app-views");
const filter = one("[data-filter]");
const wide = matchMedia("(min-width: 64em)");
const fit = () => {
  filter.open = wide.matches || filter.dataset.filter !== "0";
  if (views && !wide.matches) views.open = false;
};
wide.addEventListener("change", fit);
fit();

const boxes = [...document.querySelectorAll('[name="case"]')];
const all = one("#all");
if (all) {
  const count = () => {
    const on = boxes.filter((box) => box.checked).length;
    one("[data-count]").textContent = on ? `${on} request${on > 1 ? "s" : ""} selected` : "";
    all.checked = on === boxes.length;
    all.indeterminate = on > 0 && !all.checked;
  };
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

// Ask for arrivals, slower the longer the page stands, and not while it is out of sight. Rows never move.
const news = one("[data-arrivals]");
if (news) {
  let pause = 15000;
  let timer;
  const wait = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, pause);
  };
  const ask = async () => {
    try {
      const answer = await fetch(news.dataset.arrivals);
      if (answer.redirected) return;
      const { words } = await answer.json();
      if (words && !news.textContent.startsWith(words)) news.replaceChildren(`${words} `, news.nextElementSibling.content.cloneNode(true));
    } catch {
      // The network may be away for a moment: ask again later.
    }
    pause = Math.min(pause * 1.3, 300000);
    wait();
  };
  document.addEventListener("visibilitychange", wait);
  wait();
}

const keys = one(".app-keys");
if (keys) {
  const use = one("#use-keys");
  const rows = [...document.querySelectorAll(".app-row")];
  one("[data-keys]").hidden = false;
  one("[data-keys]").addEventListener("click", () => keys.showModal());
  try {
    use.checked = localStorage.keys === "on";
    use.addEventListener("change", () => { localStorage.keys = use.checked ? "on" : "off"; });
  } catch {
    // A browser that keeps nothing: the keys last as long as the page.
  }
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!use.checked || keys.open || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target.closest("select, textarea, input:not([type=checkbox])")) return;
    const at = rows.findIndex((row) => row.contains(target));
    const go = (to) => rows[Math.max(0, Math.min(to, rows.length - 1))].querySelector("th a").focus();
    const act = { j: () => go(at + 1), k: () => go(at - 1), x: () => rows[at]?.querySelector('[name="case"]')?.click(), c: () => rows[at]?.querySelector(".app-claim")?.click(), "/": () => { filter.open = true; one("#search").focus(); }, "?": () => keys.showModal() }[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

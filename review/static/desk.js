// The desk for one request: its document beside the work on it. Nothing here sends a form or changes the record.
const announce = (words) => { document.querySelector("[data-announce]").textContent = words; };

// The request's page: two parts with a switch on a narrow window, links that show a passage in the document.
const split = document.querySelector("[data-split]");
const parts = document.querySelector("[data-switch]");
if (split && parts) {
  const links = [...parts.querySelectorAll("a")];
  const show = (part) => {
    split.dataset.part = part;
    for (const link of links) {
      if (link.hash === `#${part}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  parts.hidden = false;
  show("work");
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link.hash.slice(1));
    });
  }
  // Move only the document's own pane where that is enough, so that the check stays where the person was reading it.
  const bring = (target) => {
    const pane = target.closest(".app-doc__scroll");
    const hasRoom = pane && pane.scrollHeight > pane.clientHeight;
    if (hasRoom) {
      const box = pane.getBoundingClientRect();
      const middle = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
      pane.scrollTop += target.getBoundingClientRect().top - middle;
    }
    if (pane && pane.scrollWidth > pane.clientWidth) {
      const aside = target.getBoundingClientRect().left - pane.getBoundingClientRect().left;
      if (aside < 0 || aside > pane.clientWidth * 0.7) pane.scrollLeft += aside - pane.clientWidth * 0.2;
    }
    const { top, bottom } = target.getBoundingClientRect();
    if (!hasRoom || top < 0 || bottom > innerHeight) target.scrollIntoView({ block: pane ? "center" : "start" });
  };
  const reveal = (target) => {
    show(target.closest("#document") ? "document" : "work");
    for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  };
  // The marks of an answer on the pictures of the pages stay coloured until another is chosen.
  const choose = (field) => {
    for (const mark of split.querySelectorAll(".app-mark")) mark.classList.toggle("app-mark--on", mark.dataset.field === field);
  };
  // Nothing but a pointer reaches a mark: the focus stays on the link, or goes to the page where the link is hidden now.
  const point = (mark, words) => {
    choose(mark.dataset.field);
    bring(mark.querySelector("rect"));
    if (!document.activeElement?.getClientRects().length || document.activeElement === document.body) mark.closest(".app-page").focus({ preventScroll: true });
    announce(`Highlighted in the document: ${words}`);
  };
  split.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
    if (!target) return;
    event.preventDefault();
    reveal(target);
    if (target.matches(".app-mark")) return void point(target, link.dataset.show);
    if (link.matches(".app-mark")) choose(link.dataset.field);
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
    bring(target);
    if ("show" in link.dataset) {
      target.classList.add("app-flash");
      setTimeout(() => target.classList.remove("app-flash"), 2500);
      announce(`Highlighted in the document: ${target.textContent.trim().slice(0, 120)}`);
    }
  });
  const follow = () => {
    const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (wanted && split.contains(wanted)) {
      reveal(wanted);
      if (wanted.matches(".app-mark")) choose(wanted.dataset.field);
      bring(wanted);
    }
  };
  addEventListener("hashchange", follow);
  follow();
}

// Asking about a check adds its line to the message that is being written, without leaving the place.
for (const link of document.querySelectorAll("[data-ask]")) {
  const message = document.getElementById("message");
  if (!message) break;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const line = link.dataset.ask;
    if (!message.value.includes(line)) message.value = `${message.value.trim()}\n\n${line}`.trim();
    document.querySelector('[name="decision"][value="ask"]').checked = true;
    link.textContent = "Added to your message";
    announce("Added to your message to the requester");
  });
}

// The pictures of the pages: larger and smaller around what is in the middle, and with or without the marks.
const tools = document.querySelector("[data-page-tools]");
if (tools) {
  const panel = tools.closest(".app-doc");
  const pane = panel.querySelector(".app-doc__scroll");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.zoomBy) {
      const before = Number(panel.dataset.zoom);
      const zoom = Math.min(200, Math.max(100, before + Number(button.dataset.zoomBy)));
      const [x, y] = [pane.scrollLeft + pane.clientWidth / 2, pane.scrollTop + pane.clientHeight / 2];
      panel.dataset.zoom = zoom;
      pane.scrollLeft = (x * zoom) / before - pane.clientWidth / 2;
      pane.scrollTop = (y * zoom) / before - pane.clientHeight / 2;
      tools.querySelector("[data-zoom-shown]").textContent = `${zoom}%`;
      for (const each of tools.querySelectorAll("[data-zoom-by]")) {
        const by = Number(each.dataset.zoomBy);
        each.setAttribute("aria-disabled", String(by < 0 ? zoom === 100 : zoom === 200));
      }
      announce(`The pages are shown at ${zoom}%`);
    } else if (button && "toggleMarks" in button.dataset) {
      const shown = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!shown));
      panel.dataset.marks = shown ? "off" : "on";
    }
  });
}

// Hide or show the form's own words, so that only the sender's remain.
const toggle = document.querySelector("[data-toggle-form-words]");
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const shown = toggle.getAttribute("aria-pressed") === "true";
    toggle.setAttribute("aria-pressed", String(!shown));
    document.getElementById("document").classList.toggle("app-hide-form-words", shown);
  });
}

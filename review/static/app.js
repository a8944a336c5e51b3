// Small conveniences; every page works without them. Nothing here sends a form or changes the record.

const announce = (words) => {
  const region = document.querySelector("[data-announce]");
  if (region) region.textContent = words;
};

// A form that is being read: ask how it goes, slower the longer it takes, and not while the page is out of sight.
const progress = document.querySelector("[data-progress]");
const address = progress?.getAttribute("data-progress");
if (address) {
  let pause = 1000;
  const ask = async () => {
    if (document.visibilityState === "hidden") return void setTimeout(ask, 2000);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const { done, sentence } = await answer.json();
      if (progress.textContent !== sentence) progress.textContent = sentence;
      if (done && "reload" in progress.dataset) location.reload();
      if (done) return;
    } catch {
      // The network may be away for a moment: ask again later.
    }
    pause = Math.min(pause * 1.4, 5000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

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
    const { top, bottom } = target.getBoundingClientRect();
    if (!hasRoom || top < 0 || bottom > innerHeight) target.scrollIntoView({ block: pane ? "center" : "start" });
  };
  const reveal = (target) => {
    show(target.closest("#document") ? "document" : "work");
    for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  };
  split.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    reveal(target);
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
      bring(wanted);
    }
  };
  addEventListener("hashchange", follow);
  follow();
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

// The filters stand open where there is room; on a narrow window they start closed unless some are on.
const filter = document.querySelector("[data-filter]");
if (filter) {
  const wide = matchMedia("(min-width: 64em)");
  const fit = () => { filter.open = wide.matches || filter.dataset.filter !== "0"; };
  wide.addEventListener("change", fit);
  fit();
}

// Copy the words of a message that has to go into the service request by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = document.getElementById(button.dataset.copy);
  if (!words || !navigator.clipboard) continue;
  const name = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words.textContent);
      button.textContent = "Copied";
      announce("Copied");
    } catch {
      button.textContent = "Select the words and copy them yourself";
    }
    setTimeout(() => { button.textContent = name; }, 4000);
  });
}

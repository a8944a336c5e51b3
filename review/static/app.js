// What every page has; pages load what else they need beside it. Every page works without, and nothing here sends a form.

const announce = (words) => { document.querySelector("[data-announce]").textContent = words; };

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

// Fifteen minutes before the session ends, the sentence that says so comes to the front; one click stays signed in.
const stay = document.querySelector("[data-stay]");
if (stay) {
  const link = stay.querySelector("a");
  const left = Number(stay.dataset.stay) * 1000;
  const warn = () => {
    stay.dataset.on = "";
    announce(stay.firstChild.textContent);
  };
  let timer = setTimeout(warn, Math.max(left - 900000, 0));
  link.textContent = "Stay signed in";
  link.removeAttribute("target");
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch("/account/stay", { redirect: "manual" }).catch(() => undefined);
    if (answer?.status !== 204) return void (stay.firstChild.textContent = "You are signed out. ");
    clearTimeout(timer);
    delete stay.dataset.on;
    const ends = new Date(Date.now() + left);
    const clock = ends.toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true }).replace(" ", "");
    stay.firstChild.textContent = `You are signed out at ${clock} unless you open a page. `;
    timer = setTimeout(warn, left - 900000);
  });
}

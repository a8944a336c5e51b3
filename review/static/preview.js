// The schedule's preview: asked for when nobody has typed for a moment; an answer that comes too late is dropped.
const builder = document.querySelector("[data-preview-form]");
const sheet = document.querySelector("[data-preview]");
const status = document.querySelector("[data-preview-status]");
let [pause, asked] = [0, 0];
builder?.addEventListener("input", () => {
  clearTimeout(pause);
  const mine = (asked += 1);
  pause = setTimeout(async () => {
    const answer = await fetch("/schedule/preview", { method: "POST", body: new URLSearchParams(new FormData(builder)) }).catch(() => ({}));
    const words = answer.ok && (await answer.text());
    if (mine !== asked) return;
    if (words) sheet.innerHTML = words;
    status.textContent = words ? "Preview updated" : "The preview could not be updated. Check the details.";
  }, 400);
});

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

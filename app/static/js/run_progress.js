// まとめ直しの進み具合: shows the page anew every few seconds while a run goes on. Without a script the
// page reloads by itself.

document.querySelectorAll("[data-run-progress]").forEach((first) => {
  let place = first;
  const wait = Number(place.dataset.runSeconds) * 1000;

  async function look() {
    try {
      const answer = await fetch(place.dataset.runProgress, {
        credentials: "same-origin",
        redirect: "error",
      });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.querySelector("[data-run-progress]");
        if (found === null) {
          window.location.reload();
          return;
        }
        place.replaceWith(found);
        place = found;
      }
    } catch {
      // The server is busy or the session has ended: asked again later.
    }
    window.setTimeout(look, wait);
  }

  window.setTimeout(look, wait);
});

// Similar proposals (似た提案) while the title is typed: asks the server half a second after the last
// letter and shows its list below the field. The links beside the field do the same without a script.

const WAIT_MILLISECONDS = 500;
const SHORTEST_TITLE = 4;

document.querySelectorAll("[data-similar]").forEach((place) => {
  const field = document.getElementById("title");
  const list = place.querySelector("[data-similar-list]");
  if (field === null || list === null) {
    return;
  }
  let timer = 0;
  let asked = null;
  let running = null;

  async function ask() {
    const title = field.value.trim();
    if (title === asked) {
      return;
    }
    asked = title;
    running?.abort();
    if (title.length < SHORTEST_TITLE) {
      list.replaceChildren();
      return;
    }
    running = new AbortController();
    const query = new URLSearchParams({ title });
    if (place.dataset.similarProposal) {
      query.set("proposal", place.dataset.similarProposal);
    }
    try {
      const answer = await fetch(`${place.dataset.similar}?${query}`, {
        credentials: "same-origin",
        redirect: "error",
        signal: running.signal,
      });
      // A session that ended or a server that is busy: the form goes on without the list.
      const page = answer.ok ? await answer.text() : "";
      const parsed = new DOMParser().parseFromString(page, "text/html");
      list.replaceChildren(...parsed.body.childNodes);
    } catch {
      if (asked === title) {
        list.replaceChildren();
        asked = null;
      }
    }
  }

  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MILLISECONDS);
  });
  ask();
});

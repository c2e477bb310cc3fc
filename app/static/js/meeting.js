// Tells those who follow a meeting that it has moved on (会議が進みました).
//
//   <div data-meeting-url="…" data-meeting-version="3"> <p data-meeting-moved hidden>…</p> </div>
//
// Without the script the page is opened anew by hand. Nothing jumps under a reader's eyes.

const EVERY_MILLISECONDS = 10_000;

async function hasMoved(meeting) {
  try {
    const answer = await fetch(meeting.dataset.meetingUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) {
      return false;
    }
    const { version } = await answer.json();
    return String(version) !== meeting.dataset.meetingVersion;
  } catch {
    // The next look may find the network again.
    return false;
  }
}

document.querySelectorAll("[data-meeting-url]").forEach((meeting) => {
  const words = meeting.querySelector("[data-meeting-moved]");
  const timer = window.setInterval(async () => {
    if (words !== null && await hasMoved(meeting)) {
      words.hidden = false;
      window.clearInterval(timer);
    }
  }, EVERY_MILLISECONDS);
});

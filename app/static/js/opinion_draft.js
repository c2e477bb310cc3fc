// Keeps a half-written opinion (下書きの自動保存): some seconds after a change, and when the page goes away. The draft
// never registers anything, and belongs to whoever writes it.
//
//   <form>… <p data-opinion-draft="address" data-draft-unsaved><span data-draft-words></span></p></form>

const SAVE_AFTER = 3000; // milliseconds
const TRY_AGAIN_AFTER = 10000;
const GIVE_UP_AFTER = 8000;
// A request that outlives its page may carry 64 KiB; a letter of Japanese takes three bytes.
const LARGEST_LAST_REQUEST = 60000;
const NOT_CONTENT = ["csrf_token", "form_key", "version"];
const WORDS = {
  offline: "下書きをまだ保存していません。つながると自動で保存します",
  refused: "下書きを保存できません。文を写してから、画面を開き直してください",
};

class OpinionDraft {
  constructor(box) {
    this.form = box.closest("form");
    this.url = box.dataset.opinionDraft;
    this.words = box.querySelector("[data-draft-words]");
    // A page that answers a form (誤り、答えの結果) shows what no draft holds yet.
    this.saved = "draftUnsaved" in box.dataset ? "" : this.content();
    this.timer = null;
    this.isSaving = false;
    this.isLeaving = false;
    this.isRefused = false;
  }

  content() {
    return JSON.stringify(Array.from(new FormData(this.form)).filter(([name]) => !NOT_CONTENT.includes(name)));
  }

  isDirty() {
    return this.content() !== this.saved;
  }

  watch() {
    ["input", "change"].forEach((kind) => this.form.addEventListener(kind, () => this.later(SAVE_AFTER)));
    this.form.addEventListener("submit", () => {
      this.isLeaving = true;
    });
    window.addEventListener("pageshow", () => {
      this.isLeaving = false;
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.save(true);
      }
    });
    window.addEventListener("pagehide", () => this.save(true));
    window.addEventListener("online", () => this.save());
    if (this.isDirty()) {
      this.later(SAVE_AFTER);
    }
  }

  later(delay) {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.save();
    }, delay);
  }

  async save(isLast = false) {
    if (this.isLeaving || this.isRefused || (this.isSaving && !isLast) || !this.isDirty()) {
      return;
    }
    const content = this.content();
    const body = new FormData(this.form);
    // The key of the form is spent by its buttons alone.
    body.delete("form_key");
    this.isSaving = true;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        keepalive: isLast && content.length * 3 < LARGEST_LAST_REQUEST,
        signal: AbortSignal.timeout?.(GIVE_UP_AFTER),
      });
      await this.read(response, content);
    } catch {
      this.say(WORDS.offline);
      this.later(TRY_AGAIN_AFTER);
    } finally {
      this.isSaving = false;
    }
    if (this.isDirty()) {
      this.later(SAVE_AFTER);
    }
  }

  async read(response, content) {
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (response.ok && isJson) {
      this.saved = content;
      this.say((await response.json()).words);
    } else {
      this.isRefused = true;
      this.say(WORDS.refused);
    }
  }

  say(words) {
    if (this.words.textContent !== words) {
      this.words.textContent = words;
    }
  }
}

document.querySelectorAll("form [data-opinion-draft]").forEach((box) => new OpinionDraft(box).watch());

// Saves the form of a proposal by itself (自動保存): within ten seconds after a change, when a field or the page is
// left, and when the page goes away. The server decides; a saving that it refuses leaves everything as typed.
//
//   <form><div data-autosave="address"><p data-autosave-words></p><span data-autosave-waiting hidden></span>
//     <a data-autosave-login hidden></a><button data-autosave-merge hidden></button></div> … </form>
//
// Answer: {words, version, place, autosave} when saved; {words, can_merge} when not.

const SAVE_AFTER = 5000; // milliseconds; with the way to the server well within ten seconds
const TRY_AGAIN_AFTER = 10000;
const GIVE_UP_AFTER = 8000;
// A request that outlives its page may carry 64 KiB; a letter of Japanese takes three bytes.
const LARGEST_LAST_REQUEST = 60000;
const NOT_CONTENT = ["csrf_token", "form_key", "version"];
const SIGNED_OUT = [400, 401];
const FOR_GOOD = [403, 404];

const WORDS = {
  ready: "入力すると、自動で保存します",
  offline: "通信できないため、まだ保存していません。つながると自動で保存します。この画面を閉じないでください",
  signedOut: "ログインの時間が切れたため、まだ保存していません。この画面を開いたまま、新しいタブでログインすると、続きから保存します",
  refused: "保存できません。必要な文を写してから、自団体の提案を開き直してください",
};

class Autosave {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.url = box.dataset.autosave;
    this.words = box.querySelector("[data-autosave-words]");
    this.waiting = box.querySelector("[data-autosave-waiting]");
    this.login = box.querySelector("[data-autosave-login]");
    this.merge = box.querySelector("[data-autosave-merge]");
    this.saved = this.content();
    this.running = null;
    this.timer = null;
    this.isStopped = false;
    this.isFailing = false;
    this.isSignedOut = false;
    this.isLeaving = false;
    this.isNeededAgain = false;
    this.sequence = 0;
    this.passedForm = null;
    this.words.textContent = WORDS.ready;
    box.hidden = false;
  }

  content() {
    const pairs = Array.from(new FormData(this.form)).filter(([name]) => !NOT_CONTENT.includes(name));
    return JSON.stringify(pairs);
  }

  isDirty() {
    return this.content() !== this.saved;
  }

  // --- When ---------------------------------------------------------------------------------------

  watch() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("focusout", () => this.save());
    this.merge.addEventListener("click", () => this.form.requestSubmit());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("submit", (event) => this.otherSubmitted(event), true);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.save({ isLast: true });
      }
    });
    window.addEventListener("pagehide", () => this.save({ isLast: true }));
    window.addEventListener("pageshow", () => {
      this.isLeaving = false;
    });
    window.addEventListener("online", () => this.save());
    window.addEventListener("beforeunload", (event) => {
      if (!this.isLeaving && (this.isFailing || this.isStopped) && this.isDirty()) {
        event.preventDefault();
      }
    });
  }

  changed() {
    if (this.isStopped || !this.isDirty()) {
      return;
    }
    this.waiting.hidden = this.isFailing;
    this.later(SAVE_AFTER);
  }

  later(delay) {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.save();
    }, delay);
  }

  // The saving under way is waited for: the form must carry the version that it makes.
  async submitted(event) {
    if (this.running === null) {
      this.isLeaving = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await this.running;
    this.form.requestSubmit(submitter);
  }

  // Another form of the page (添付): what was typed here is saved first.
  async otherSubmitted(event) {
    const other = event.target;
    const isIdle = this.running === null && !this.isDirty();
    if (other === this.form || other === this.passedForm || this.isStopped || isIdle) {
      return;
    }
    const { submitter } = event;
    event.preventDefault();
    event.stopPropagation();
    await this.running;
    await this.save();
    this.passedForm = other;
    other.requestSubmit(submitter);
  }

  // --- How ----------------------------------------------------------------------------------------

  save({ isLast = false } = {}) {
    if (this.isStopped || this.isLeaving || !this.isDirty()) {
      return this.running ?? Promise.resolve();
    }
    // One at a time: the second needs the version that the first one makes.
    if (this.running !== null) {
      this.isNeededAgain ||= isLast;
      return this.running;
    }
    window.clearTimeout(this.timer);
    this.timer = null;
    this.running = this.send(isLast).finally(() => {
      this.running = null;
      this.goOn();
    });
    return this.running;
  }

  // What was typed while a saving was under way.
  goOn() {
    const isLast = this.isNeededAgain;
    this.isNeededAgain = false;
    if (isLast) {
      this.save({ isLast });
    } else if (this.isDirty() && !this.isStopped) {
      this.later(this.isFailing ? TRY_AGAIN_AFTER : SAVE_AFTER);
    }
  }

  async send(isLast) {
    const content = this.content();
    try {
      if (this.isSignedOut && !(await this.renewToken())) {
        this.failed(WORDS.signedOut);
        return;
      }
      const response = await fetch(this.url, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json" },
        keepalive: isLast && content.length * 3 < LARGEST_LAST_REQUEST,
        signal: AbortSignal.timeout?.(GIVE_UP_AFTER),
      });
      await this.read(response, content);
    } catch {
      this.failed(WORDS.offline);
    }
  }

  body() {
    const body = new FormData(this.form);
    // The key of the form is spent by the button alone; here it only says which draft it began.
    body.set("draft_key", body.get("form_key") ?? "");
    body.delete("form_key");
    this.sequence += 1;
    body.set("sequence", String(this.sequence));
    return body;
  }

  async read(response, content) {
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isJson ? await response.json() : null;
    if (response.ok && answer !== null) {
      this.done(answer, content);
    } else if (SIGNED_OUT.includes(response.status)) {
      this.isSignedOut = true;
      this.login.hidden = false;
      this.failed(WORDS.signedOut);
    } else if (answer !== null) {
      this.refused(answer, response.status);
    } else if (FOR_GOOD.includes(response.status)) {
      this.isStopped = true;
      this.say(WORDS.refused, true);
    } else {
      this.failed(WORDS.offline);
    }
  }

  done(answer, content) {
    this.saved = content;
    this.isFailing = false;
    this.isSignedOut = false;
    this.login.hidden = true;
    this.url = answer.autosave;
    this.carryVersion(String(answer.version));
    this.settle(answer.place);
    this.waiting.hidden = !this.isDirty();
    this.say(answer.words);
  }

  // Every form of the page that names this version names the next one now (添付の欄も).
  carryVersion(version) {
    const own = this.form.elements.namedItem("version");
    const before = own.value;
    own.value = version;
    document.querySelectorAll('input[type="hidden"][name="version"]').forEach((field) => {
      if (before !== "" && field.value === before) {
        field.value = version;
      }
    });
  }

  // A new proposal has become a draft: from now on the page is that of the draft.
  settle(place) {
    if (this.form.getAttribute("action") === place) {
      return;
    }
    this.form.setAttribute("action", place);
    window.history.replaceState(window.history.state, "", place);
    this.form.querySelectorAll('input[type="radio"][name="round"]:not(:checked)').forEach((choice) => {
      choice.disabled = true;
    });
  }

  refused(answer, status) {
    if (status === 409) {
      this.isStopped = true;
      this.merge.hidden = !answer.can_merge;
    }
    this.isFailing = true;
    this.say(answer.words, true);
  }

  failed(words) {
    this.isFailing = true;
    this.say(words, true);
  }

  // After a new sign-in the token of this page is void: the same address, opened anew, holds a good one.
  async renewToken() {
    const response = await fetch(window.location.href, { redirect: "manual" });
    if (!response.ok) {
      return false;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const token = page.querySelector('input[name="csrf_token"]')?.value;
    if (token === undefined) {
      return false;
    }
    document.querySelectorAll('input[name="csrf_token"]').forEach((field) => {
      field.value = token;
    });
    return true;
  }

  say(words, isUrgent = false) {
    this.waiting.hidden ||= isUrgent;
    this.box.classList.toggle("autosave-urgent", isUrgent);
    if (this.words.textContent !== words) {
      this.words.textContent = words;
    }
  }
}

const box = document.querySelector("[data-autosave]");

if (box !== null && box.closest("form") !== null) {
  new Autosave(box).watch();
}

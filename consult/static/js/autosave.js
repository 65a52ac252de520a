/* Drafts keep themselves: form[data-autosave=address] is posted at most every three seconds while
   somebody types, and at once with a file that was chosen, which shows how far it is. What could not be stored stays as a copy in this browser (draft_copies.js), and is
   offered again. The form itself works without this. */
(() => {
  "use strict";

  const PAUSE = 3000; // ms between two saves

  const clock = () =>
    new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

  const start = (form) => {
    const line = form.querySelector("[data-autosave-status]");
    const field = (name) => form.querySelector(`input[type=hidden][name=${name}]`);
    let dirty = false;
    let busy = false;
    let stopped = false;
    let timer = 0;

    const say = (text, failed = false) => {
      if (!line) return;
      line.textContent = text;
      line.classList.toggle("consult-saved--failed", failed);
    };

    // From now on this page is that of the draft: what loads it again, or in the other language, finds it.
    const taken = (said) => {
      field("version").value = said.version;
      consultCopies.drop(field("draft").value);
      say(`${form.dataset.saved} ${said.saved_at || clock()}. ${said.said || ""}`.trim());
      if (!said.address || location.pathname === said.address) return;
      const step = new URLSearchParams(location.search).get("step") || "about";
      history.replaceState(null, "", `${said.address}?step=${step}`);
      for (const link of document.querySelectorAll("a[data-switch]")) link.href = `${said.other_address}?step=${step}`;
    };

    const plan = () => {
      if (!timer && !busy && !stopped) timer = setTimeout(save, PAUSE);
    };

    async function save() {
      timer = 0;
      if (!dirty || stopped) return;
      dirty = false;
      busy = true;
      const body = new FormData(form);
      body.delete("once"); // the key is for handing in; a draft is saved as often as one likes
      for (const name of [...filesOf(form).map((input) => input.name), "shown", "kept"]) body.delete(name);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body, credentials: "same-origin",
          headers: { Accept: "application/json", "X-Autosave": "1" },
        });
        const json = (answer.headers.get("content-type") || "").includes("json");
        const said = json ? await answer.json() : {};
        if (answer.status === 422) return refused(said.said || form.dataset.refused);
        if (!answer.ok || !json) throw new Error(String(answer.status));
        taken(said);
      } catch (problem) {
        consultCopies.keep(form);
        // Refused for good (changed elsewhere, signed out, closed): sending again cannot help.
        stopped = /^4(0[1-9]|1\d)$/.test(problem.message);
        dirty = !stopped;
        say(stopped ? form.dataset.refused : form.dataset.failed, true);
      } finally {
        busy = false;
        if (dirty) plan();
      }
    }

    // A file comes or goes at once, with all that was typed; until it has arrived it stays chosen.
    function send(input) {
      if (busy) return void setTimeout(send, 200, input);
      if (stopped) return;
      busy = true;
      dirty = false;
      const box = progressOf(input, form.dataset.sending);
      box.hidden = !input.files.length;
      const body = new FormData(form);
      body.delete("once");
      const request = new XMLHttpRequest(); // fetch does not tell how much was sent
      request.open("POST", form.dataset.autosave);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-Autosave", "1");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) box.bar.value = event.loaded / event.total;
      });
      request.addEventListener("loadend", () => {
        busy = false;
        box.remove();
        const said = request.response || {};
        if (said.files === undefined) return say(form.dataset.notSent, true);
        input.value = "";
        input.dispatchEvent(new Event("consult:sent"));
        input.parentElement.querySelector("[data-kept-files]").innerHTML = said.files;
        if (said.version === undefined) return say(said.said, true);
        taken(said);
        if (dirty) plan();
      });
      request.send(body);
    }

    // Refused as it is now: the next change is tried again.
    const refused = (sentence) => {
      consultCopies.keep(form);
      say(sentence, true);
    };

    form.addEventListener("input", ({ target }) => {
      if (target.type === "file") return target.files.length && send(target);
      if (target.name === "kept") return send(filesOf(form)[0]);
      dirty = true;
      plan();
    });
    form.addEventListener("submit", () => {
      stopped = true;
      clearTimeout(timer);
      // Until the server says that it has it (data-draft-taken), it may still get lost on the way.
      if (dirty || busy || document.getElementById("errors")) consultCopies.keep(form);
    });
    window.addEventListener("online", () => { if (dirty) plan(); });
    window.addEventListener("pagehide", () => { if (dirty && !stopped) consultCopies.keep(form); });

    for (const copy of consultCopies.found(form)) offer(form, copy);
  };

  const filesOf = (form) => [...form.querySelectorAll("input[type=file]")];

  function progressOf(input, words) {
    const box = document.createElement("p");
    box.className = "consult-sending";
    box.setAttribute("role", "status");
    const text = Object.assign(document.createElement("span"), {
      textContent: `${words} ${[...input.files].map((file) => file.name).join(", ")}`,
    });
    box.bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    box.bar.setAttribute("aria-label", words);
    box.append(text, box.bar);
    input.before(box);
    return box;
  }

  function offer(form, copy) {
    const box = document.createElement("div");
    box.className = "consult-found";
    box.setAttribute("role", "status");
    const text = document.createElement("p");
    const at = new Date(copy.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    text.textContent = [form.dataset.found, (copy.texts.title || "").trim(), at].filter(Boolean).join(" · ");
    box.append(text);
    const act = (label, kind, work) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `utrecht-button utrecht-button--${kind}`;
      button.textContent = label;
      button.addEventListener("click", () => { work(); box.remove(); });
      box.append(button);
    };
    act(form.dataset.restore, "primary-action", () => {
      consultCopies.putBack(form, copy);
      for (const other of form.querySelectorAll(".consult-found")) if (other !== box) other.remove();
    });
    act(form.dataset.discard, "secondary-action", () => consultCopies.drop(copy.draft));
    form.prepend(box);
    // After a switch of language the text comes back by itself: then there is nothing to offer.
    form.addEventListener("input", () => { if (consultCopies.isThere(form, copy)) box.remove(); });
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
})();

/* Passkeys: asks the browser for one, or to make one, and sends its answer with the form.
   data-passkey="get" or "create" on the form; the question stands in a hidden field. */
(() => {
  "use strict";

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (kind, options) => {
    const question = { ...options, challenge: bytes(options.challenge) };
    if (kind === "get") return { ...question, allowCredentials: known(options.allowCredentials) };
    question.user = { ...options.user, id: bytes(options.user.id) };
    question.excludeCredentials = known(options.excludeCredentials);
    return question;
  };

  const said = (made) => {
    const answer = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) answer[name] = text(made.response[name]);
    }
    return JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response: answer, clientExtensionResults: {},
    });
  };

  const show = (form, what) => {
    for (const note of form.querySelectorAll("[data-passkey-failed], [data-passkey-cannot]")) note.hidden = true;
    form.querySelector(`[data-passkey-${what}]`).hidden = false;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("[data-passkey-script]").remove();
    if (!window.PublicKeyCredential || !navigator.credentials) {
      show(form, "cannot");
      form.querySelector("button[type=submit]").remove();
      continue;
    }
    form.addEventListener("submit", async (event) => {
      const answer = form.querySelector("[name=credential]");
      if (answer.value) return;
      event.preventDefault();
      event.stopPropagation(); // it is not sent yet: a second press is no second sending
      const kind = form.dataset.passkey;
      const options = JSON.parse(form.querySelector("[data-passkey-options]").value);
      try {
        answer.value = said(await navigator.credentials[kind]({ publicKey: asked(kind, options) }));
      } catch {
        show(form, "failed");
        return;
      }
      form.requestSubmit();
    });
  }
})();

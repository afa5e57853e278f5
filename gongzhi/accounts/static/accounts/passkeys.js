/* Passkeys: what the browser's authenticator tells goes into a hidden field, and the form is sent. */
(() => {
  "use strict";

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (some) => (some ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = ({ publicKey: asked }) => navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: listed(asked.excludeCredentials),
      authenticatorSelection: { ...asked.authenticatorSelection, residentKey: "required", requireResidentKey: true },
    },
  });

  const get = ({ publicKey: asked }) => navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) },
  });

  const told = (credential) => {
    const { id, rawId, type, response } = credential;
    const said = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) said[name] = text(response[name]);
    }
    return { id, rawId: text(rawId), type, response: said, clientExtensionResults: credential.getClientExtensionResults() };
  };

  const options = async ({ where, options: id }) => {
    if (!where) return JSON.parse(document.getElementById(id).textContent);
    const answer = await fetch(where, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  };

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-passkey-none]").forEach((line) => line.remove());
  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const asked = await options(button.dataset);
        const credential = await (button.dataset.passkey === "create" ? make(asked) : get(asked));
        document.getElementById(button.dataset.into).value = JSON.stringify(told(credential));
        button.form.requestSubmit();
      } catch {
        window.gongzhi.tell(button.dataset.failed, "warning");
        button.disabled = false;
      }
    });
  });
})();

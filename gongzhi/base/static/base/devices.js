/* The telephone's microphone and camera, only while somebody holds them open: a note that is spoken,
   a code that is read. What is heard becomes a file of the form; of what is seen only the code is kept. */
(() => {
  "use strict";
  const { say, icon, tell } = window.gongzhi;
  const LONGEST = 300; // s
  const OFTEN = 200; // ms between two looks for a code
  const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/webm", "audio/ogg"];
  if (!navigator.mediaDevices?.getUserMedia) return;

  const open = (what, refused) => navigator.mediaDevices.getUserMedia(what).catch(() => {
    tell(say(refused), "warning");
    return null;
  });
  const close = (stream) => stream.getTracks().forEach((track) => track.stop());
  const button = (name, words) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet" });
    made.append(icon(name), words);
    return made;
  };

  /* 1. A spoken note, for every picker that takes sound */
  const listens = (input) => {
    const speak = button("microphone", say("speak"));
    let recorder;
    let clock;
    const label = (name, words) => speak.replaceChildren(icon(name), words);
    const time = (begun) => {
      const s = Math.floor((Date.now() - begun) / 1000);
      label("player-stop", `${say("stop")} ${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`);
      if (s >= LONGEST) recorder?.stop();
    };
    const starts = async () => {
      const stream = await open({ audio: true }, "noMicrophone");
      if (!stream) return;
      const parts = [];
      const begun = Date.now();
      recorder = new MediaRecorder(stream, { mimeType: TYPES.find((type) => MediaRecorder.isTypeSupported(type)), audioBitsPerSecond: 32_000 });
      recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
      recorder.addEventListener("stop", () => {
        clearInterval(clock);
        close(stream);
        const type = recorder.mimeType.split(";")[0];
        recorder = undefined;
        label("microphone", say("speak"));
        speak.classList.remove("button--danger");
        const named = `${say("spoken")}.${type.split("/")[1]}`;
        input.dispatchEvent(new CustomEvent("files", { detail: [new File(parts, named, { type })] }));
      });
      recorder.start();
      speak.classList.add("button--danger");
      time(begun);
      clock = setInterval(time, 500, begun);
    };
    speak.addEventListener("click", () => (recorder ? recorder.stop() : starts()));
    window.addEventListener("pagehide", () => recorder?.stop());
    const row = document.createElement("div");
    row.append(speak);
    input.closest("[data-photos]").querySelector("[data-previews]").before(row);
  };
  if (window.MediaRecorder) document.querySelectorAll("[data-photos] input[multiple][accept*='audio/']").forEach(listens);

  /* 2. The code on a label, read by the camera: by the browser where it can, else by our own script */
  const reader = async (address) => {
    const { BarcodeDetector } = window.BarcodeDetector ? window : await import(address);
    return new BarcodeDetector({ formats: ["qr_code"] });
  };
  const reads = (input) => {
    const scan = button("scan", say("scan"));
    const dialog = document.createElement("dialog");
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
    const line = Object.assign(document.createElement("p"), { textContent: say("pointAt") });
    const stop = button("x", say("cancel"));
    dialog.className = "dialog scanner";
    dialog.setAttribute("aria-label", say("scan"));
    dialog.append(line, video, stop);
    stop.addEventListener("click", () => dialog.close());

    const looks = async (detector) => {
      if (!dialog.open) return;
      const [found] = video.readyState < 2 ? [] : await detector.detect(video).catch(() => []);
      if (!found) return void setTimeout(looks, OFTEN, detector);
      input.value = found.rawValue;
      dialog.close();
      navigator.vibrate?.(60);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    };
    scan.addEventListener("click", async () => {
      const stream = await open({ video: { facingMode: "environment" } }, "noCamera");
      if (!stream) return;
      dialog.addEventListener("close", () => close(stream), { once: true });
      video.srcObject = stream;
      dialog.showModal();
      await video.play().catch(() => {});
      await looks(await reader(say("reader")));
    });
    const row = document.createElement("div");
    row.className = "scan";
    input.before(row);
    row.append(input, scan, dialog);
  };
  document.querySelectorAll("input[data-scan]").forEach(reads);
})();

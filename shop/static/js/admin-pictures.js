// Pictures of a product: they go straight to S3, and stand in the order in which staff put them. A module: nothing here
// is seen elsewhere. Without this file the form's own fields do the same when it is saved.

const AT_ONCE = 3;
// A form for an upload lasts ten minutes.
const FORMS_AT_ONCE = 9;
const ASK_AGAIN_MS = 1000;
const REASONS = {
  EntityTooLarge: "The file is too large.",
  EntityTooSmall: "The file is empty.",
};
const group = document.querySelector(".pictures[data-address]");
const list = group?.querySelector(".picture-list");
const input = group?.querySelector("input[type=file]");
let uploading = 0;
let watching = false;

function say(text) {
  group.querySelector("[role=status]").textContent = text;
}

function ask(address, options = {}) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, { ...options, headers: { "X-CSRFToken": token } });
}

// Uploading

async function add(files) {
  const cards = files.map(uploadCard);
  list.append(...cards);
  for (let at = 0; at < files.length; at += FORMS_AT_ONCE)
    await addSome(files.slice(at, at + FORMS_AT_ONCE), cards.slice(at, at + FORMS_AT_ONCE));
}

async function addSome(files, cards) {
  try {
    const described = files.map((file) => ({ type: file.type, size: file.size }));
    const body = JSON.stringify({ files: described });
    const response = await ask(group.dataset.address, { method: "POST", body });
    const answer = await response.json().catch(() => ({}));
    if (!answer.files) throw new Error(answer.error ?? "The shop did not take it. Load the page again.");
    const jobs = files.map((file, at) => ({ file, card: cards[at], ...answer.files[at] }));
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(jobs)));
  } catch (error) {
    cards.forEach((card, at) => {
      if (card.isConnected) refuse(card, files[at], error.message);
    });
  }
}

async function work(jobs) {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    if (job.error) refuse(job.card, job.file, job.error);
    else await upload(job);
  }
}

async function upload({ file, card, id, alt, form }) {
  uploading += 1;
  try {
    await send(file, form, card.querySelector("progress"));
    card.replaceWith(pictureCard(id, alt));
    renumber();
    say(`${file.name} is uploaded.`);
    watch();
  } catch (error) {
    await ask(`${group.dataset.address}${id}/abandon/`, { method: "POST" }).catch(() => {});
    refuse(card, file, error.message);
  } finally {
    uploading -= 1;
  }
}

// XMLHttpRequest, as fetch() cannot tell how much has been sent.
function send(file, form, progress) {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      progress.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(new Error(reason(request)));
    });
    request.addEventListener("error", () => reject(new Error("The connection broke off.")));
    request.open("POST", form.url);
    request.send(body);
  });
}

function reason(request) {
  const code = request.responseText.match(/<Code>(\w+)<\/Code>/)?.[1] ?? request.status;
  return REASONS[code] ?? `The file was not taken (${code}).`;
}

// Cards

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function uploadCard(file) {
  const progress = element("progress", { max: 1, value: 0, ariaLabel: `Uploading ${file.name}` });
  return element("li", { className: "picture upload" }, element("span", { className: "upload-name" }, file.name), progress);
}

function refuse(card, file, text) {
  const button = { type: "button", className: "upload-act" };
  const retry = element("button", { ...button, ariaLabel: `Try again: ${file.name}` }, "Try again");
  const dismiss = element("button", { ...button, ariaLabel: `Dismiss: ${file.name}` }, "Dismiss");
  dismiss.addEventListener("click", () => card.remove());
  retry.addEventListener("click", () => {
    card.remove();
    add([file]);
  });
  card.querySelector("progress")?.replaceWith(element("span", { className: "upload-fault" }, text), retry, dismiss);
  say(`${file.name}: ${text}`);
}

// A row of the form as the page would have had it, had the picture been there when it was opened.
function pictureCard(id, alt) {
  const total = group.querySelector("[name$=-TOTAL_FORMS]");
  const html = group.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
  const card = element("div", { innerHTML: html }).firstElementChild;
  card.dataset.id = id;
  card.dataset.unfinished = "";
  card.querySelector("[name$=-id]").value = id;
  card.querySelector("[name$=-alt]").value = alt;
  total.value = Number(total.value) + 1;
  group.querySelector("[name$=-INITIAL_FORMS]").value = total.value;
  return card;
}

// What the Lambda makes of them

async function watch() {
  if (watching) return;
  watching = true;
  while (list.querySelector("[data-unfinished]")) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    if (document.hidden) continue;
    const response = await ask(group.dataset.address).catch(() => null);
    if (response?.ok) (await response.json()).pictures.forEach(show);
  }
  watching = false;
}

function show({ id, unfinished, shown }) {
  const card = list.querySelector(`[data-id="${id}"][data-unfinished]`);
  if (!card || unfinished) return;
  delete card.dataset.unfinished;
  card.querySelector(".picture-shown").innerHTML = shown;
}

// Order

function renumber() {
  list.querySelectorAll("[name$=-position]").forEach((field, at) => {
    field.value = at;
  });
}

function tellPlace(card) {
  const cards = [...list.children];
  say(`Picture ${cards.indexOf(card) + 1} of ${cards.length}.`);
}

function move(card, step) {
  if (step < 0) card.previousElementSibling?.before(card);
  else card.nextElementSibling?.after(card);
  renumber();
  tellPlace(card);
}

function listenForMoves() {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    move(button.closest(".picture"), Number(button.dataset.move));
    button.focus();
  });
  let dragged = null;
  // Only the handle drags: text in the fields is to be selected with the mouse as ever.
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".picture-handle");
    if (handle) handle.parentElement.draggable = true;
  });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".picture");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest(".picture");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("drop", (event) => dragged && event.preventDefault());
  list.addEventListener("dragend", () => {
    dragged.draggable = false;
    renumber();
    tellPlace(dragged);
    dragged = null;
  });
}

function listenForFiles() {
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  group.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  group.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", (event) => uploading && event.preventDefault());
}

if (group && input) {
  group.dataset.enhanced = "";
  listenForFiles();
  listenForMoves();
  watch();
}

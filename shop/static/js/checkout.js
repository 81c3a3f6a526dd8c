// "Order and pay" says that it works, and a second press does nothing. The shop itself would order once all the same.

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent !== undefined) event.preventDefault();
  const button = form.querySelector("[data-busy]");
  if (!button) return;
  form.dataset.sent = "";
  if (event.submitter !== button || button.dataset.idle !== undefined) return;
  button.dataset.idle = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
});

// The browser's cache brings a page back as it was left.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-idle]")) {
    button.textContent = button.dataset.idle;
    button.removeAttribute("aria-disabled");
    delete button.dataset.idle;
  }
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

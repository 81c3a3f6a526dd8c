// Small comforts. Every page works without this file.

// Quantity steppers: the style sheet shows their buttons only when this file runs.
document.documentElement.dataset.js = "";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  if (Number(button.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// Each time a page is shown, from a cache or the back button too, adding is an operation of its own.
window.addEventListener("pageshow", () => {
  for (const input of document.querySelectorAll("input[name=operation]")) {
    const random = crypto.getRandomValues(new Uint8Array(16));
    input.value = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
});

// Gallery: a thumbnail moves the strip and not the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".gallery-thumbs a");
  if (!link) return;
  const picture = document.getElementById(link.hash.slice(1));
  if (!picture) return;
  event.preventDefault();
  const strip = picture.parentElement;
  strip.scrollTo({ left: picture.offsetLeft - strip.offsetLeft });
  for (const other of link.closest("ul").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});

// A form that only sorts or filters sends itself; its button is for when this file did not load.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form) form.requestSubmit();
});

// The menu closes when a shopper goes on elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.site-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.site-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

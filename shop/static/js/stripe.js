// Stripe's Payment Element on the pay page. What the shopper types stays in Stripe's own frame.

function mountStripe(box) {
  const form = box.closest("form");
  const button = form.querySelector("button[type=submit]");
  const { publishableKey, clientSecret, returnUrl } = box.dataset;
  const idle = button.textContent;

  function say(text) {
    const notice = document.createElement("p");
    notice.className = "notice notice-error";
    notice.textContent = text;
    box.querySelector("[data-stripe-error]").replaceChildren(...(text ? [notice] : []));
  }

  function setBusy(isBusy) {
    button.disabled = isBusy;
    button.textContent = isBusy ? button.dataset.busy || idle : idle;
  }

  if (!window.Stripe) {
    say("The payment form could not be loaded. Please check your connection and load this page again.");
    return;
  }
  const stripe = window.Stripe(publishableKey);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const elements = stripe.elements({ clientSecret, appearance: appearanceOf(box, dark.matches) });
  dark.addEventListener("change", () => elements.update({ appearance: appearanceOf(box, dark.matches) }));
  const element = elements.create("payment");
  element.on("loaderror", () => say("The payment form could not be loaded. Please load this page again."));
  element.mount(box.querySelector("[data-stripe-element]"));
  // Some browsers keep a button disabled when the shopper comes back.
  setBusy(false);

  form.addEventListener("submit", async (event) => {
    const provider = form.querySelector("input[name=provider]:is(:checked, [type=hidden])");
    if (provider && provider.value !== "stripe") return;
    event.preventDefault();
    setBusy(true);
    say("");
    // It answers only when it failed; otherwise the browser is on its way to the bank or to our return address.
    const { error } = await stripe
      .confirmPayment({ elements, confirmParams: { return_url: returnUrl } })
      .catch(() => ({ error: {} }));
    if (error.payment_intent && ["processing", "succeeded"].includes(error.payment_intent.status)) {
      window.location.assign(returnUrl); // It was paid in another tab.
      return;
    }
    say(error.message || "Your payment did not go through. Please try again.");
    setBusy(false);
  });
}

function appearanceOf(box, isDark) {
  const colour = (name) => window.getComputedStyle(box).getPropertyValue(name).trim();
  return {
    theme: isDark ? "night" : "stripe",
    variables: {
      colorPrimary: colour("--accent"),
      colorBackground: colour("--surface"),
      colorText: colour("--ink"),
      colorDanger: colour("--danger"),
      borderRadius: "8px",
    },
  };
}

for (const box of document.querySelectorAll("[data-stripe]")) mountStripe(box);

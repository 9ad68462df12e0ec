/** Adding an account as a person types it. */

/** Types name, address and password. */
export async function typeAccount(page, { name, email, password }) {
  await page.fill('input[name=name]', name);
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', password);
}

/** Types the servers too, as somebody does whose provider nobody knows. */
export async function typeServers(page, servers) {
  await page.clickText('form .btn', 'by hand');
  for (const [side, port] of [['incoming', servers.imapPort], ['outgoing', servers.smtpPort]]) {
    await page.fill(`input[name=${side}-host]`, 'localhost');
    await page.evaluate(
      `const select = document.querySelector('select[name=${side}-encryption]'); select.value = 'starttls'; select.dispatchEvent(new Event('change', { bubbles: true }));`,
    );
    await page.fill(`input[name=${side}-port]`, String(port));
  }
}

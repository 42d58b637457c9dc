import { expect, test } from "vitest";
import { escapeText, html, trusted } from "./html.ts";

test("a text is safe in text and in attributes of either quotes", () => {
  expect(escapeText(`&<>"'`)).toBe("&amp;&lt;&gt;&quot;&#39;");
  expect(escapeText("&amp; ''")).toBe("&amp;amp; &#39;&#39;");
});

test("html escapes what is between the braces, but HTML is put in as it is", () => {
  const name = `<b title='x'>`;
  expect(html`<p title="${name}">${[1, name, undefined, false]}${html`<i>${"&"}</i>`}${trusted("<br>")}</p>`.text).toBe(
    '<p title="&lt;b title=&#39;x&#39;&gt;">1&lt;b title=&#39;x&#39;&gt;<i>&amp;</i><br></p>',
  );
});

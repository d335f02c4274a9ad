// `make lint-js`: what would be a mistake in the components' JavaScript. Titles enter a page as text, never as markup.
const MARKUP = "Text of a listener's enters the page by textContent.";
const BROWSER =
  "window document AbortController addEventListener removeEventListener dispatchEvent CustomEvent IntersectionObserver matchMedia MouseEvent performance ResizeObserver innerHeight open setTimeout clearTimeout setInterval clearInterval requestAnimationFrame";

export default [
  {
    files: ["recsys/ui/page.js", "recsys/ui/components/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: Object.fromEntries(BROWSER.split(" ").map((name) => [name, "readonly"])),
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...Object.fromEntries(
        "no-undef no-unused-vars no-var prefer-const no-shadow no-eval no-implied-eval no-new-func no-dupe-keys no-unreachable no-self-assign no-fallthrough no-cond-assign no-constant-condition no-dupe-args no-unsafe-finally no-useless-escape no-console no-debugger valid-typeof use-isnan array-callback-return no-promise-executor-return"
          .split(" ")
          .map((rule) => [rule, "error"]),
      ),
      eqeqeq: ["error", "always"],
      complexity: ["error", 12],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: MARKUP })),
      ],
    },
  },
];

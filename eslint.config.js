// The map's scripts: what a browser has, Leaflet as L, and nothing unused, shadowed by mistake or compared loosely.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    files: ["geo_engine/publish/webmap/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: { ...globals.browser, L: "readonly" } },
  },
  {
    files: ["tests/publish/webmap/js/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.node },
  },
  {
    rules: {
      eqeqeq: "error",
      "no-self-compare": "off", // a number that is not itself is no number
      "no-control-regex": "off", // texts are cleaned of control characters
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "object-shorthand": "error",
      "no-implicit-globals": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: "Text goes in as text: use make()." })),
      ],
    },
  },
];

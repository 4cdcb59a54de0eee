type Translate = (key: string, params?: Record<string, string>) => string;

/** What form-js says of a field that is not right: it has these sentences in English only, and no way to give it others. */
const SENTENCES: [RegExp, string][] = [
  [/^Field is required\.$/, "task:form.required"],
  [/^Field must have minimum value of (?<bound>.+)\.$/, "task:form.min"],
  [/^Field must have maximum value of (?<bound>.+)\.$/, "task:form.max"],
  [/^Field must have minimum length of (?<bound>.+)\.$/, "task:form.minLength"],
  [/^Field must have maximum length of (?<bound>.+)\.$/, "task:form.maxLength"],
  [/^Field must match pattern (?<pattern>.+)\.$/, "task:form.pattern"],
  [/^Field must be a valid\s+international phone number\./, "task:form.phone"],
  [/^Field must be a valid email\.$/, "task:form.email"],
  [/^Value is not a number\.$/, "task:form.number"],
  [/^Value is expected to be an integer\.$/, "task:form.integer"],
  [/^Value is expected to have at most (?<digits>\d+) decimal digits?\.$/, "task:form.decimals"],
  [/^Please select a valid value, the two nearest valid values are (?<below>.+) and (?<above>.+)\.$/, "task:form.nearest"],
];

/** One sentence of form-js in the page's language; what the form's author wrote, and what is not known, stays. */
export function fieldWords(sentence: string, t: Translate): string {
  for (const [pattern, key] of SENTENCES) {
    const match = pattern.exec(sentence);
    if (match) return t(key, match.groups ?? {});
  }
  return sentence;
}

interface Validator {
  validateFieldInstance: (instance: object, value: unknown) => string[];
}

/** Lets a form speak the page's language where it says that a field is not right. */
export function speak(validator: Validator, t: Translate) {
  const validate = validator.validateFieldInstance.bind(validator);
  validator.validateFieldInstance = (instance, value) => validate(instance, value).map((sentence) => fieldWords(sentence, t));
}

/** One of several values a person may choose. */
export interface Option<Value extends string = string> {
  value: Value;
  label: string;
}

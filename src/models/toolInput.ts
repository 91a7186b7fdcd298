const maxMalformedChars = 10_000;

/** A tool's input; what is no JSON stays a string: the agent tells the model, and nothing breaks. */
export function parseInput(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json.slice(0, maxMalformedChars);
  }
}

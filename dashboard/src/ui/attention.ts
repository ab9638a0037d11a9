/**
 * Whether a reader is in a list, with the pointer or with the focus. A focus that moves within the list
 * does not leave it: rows that moved between the press and the release of a button would take the click.
 */
export class Attention {
  #pointer = false;
  #focus = false;

  constructor(
    readonly came: () => void,
    readonly left: () => void,
  ) {}

  readonly enter = (): void => {
    this.#pointer = true;
    this.came();
  };

  readonly leave = (): void => {
    this.#pointer = false;
    if (!this.#focus) this.left();
  };

  readonly focus = (): void => {
    this.#focus = true;
    this.came();
  };

  readonly blur = (event: FocusEvent): void => {
    const { currentTarget, relatedTarget } = event;
    if (
      currentTarget instanceof Node &&
      relatedTarget instanceof Node &&
      currentTarget.contains(relatedTarget)
    ) {
      return;
    }
    this.#focus = false;
    if (!this.#pointer) this.left();
  };
}

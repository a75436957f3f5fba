import { useId } from "react";
import type { ButtonHTMLAttributes, ReactElement } from "react";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

export interface ButtonLook {
  readonly variant?: ButtonVariant;
  readonly small?: boolean;
}

/** The classes that make any element, such as a router's link, look like a button. */
export const buttonClass = ({ variant = "secondary", small = false }: ButtonLook = {}): string =>
  ["button", `button-${variant}`, ...(small ? ["button-small"] : [])].join(" ");

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "className"> &
  ButtonLook & {
    /** Under way: the label stays, a second press does nothing. */
    readonly busy?: boolean;
    /** Why this cannot be done, shown under the button; it stays reachable by keyboard. */
    readonly unavailableBecause?: string | null;
  };

/** A button that never vanishes from the keyboard: where it may not act, it says why. */
export const Button = ({
  variant,
  small,
  busy = false,
  unavailableBecause = null,
  onClick,
  type = "button",
  ...rest
}: ButtonProps): ReactElement => {
  const reasonId = useId();
  const inert = busy || unavailableBecause !== null;
  const button = (
    <button
      {...rest}
      // A submit button that is inert must not submit either.
      type={inert ? "button" : type}
      className={buttonClass({ ...(variant && { variant }), ...(small && { small }) })}
      aria-disabled={inert || undefined}
      aria-busy={busy || undefined}
      {...(unavailableBecause !== null && { "aria-describedby": reasonId })}
      onClick={inert ? (event) => event.preventDefault() : onClick}
    />
  );
  if (unavailableBecause === null) return button;
  return (
    <span className="button-with-reason">
      {button}
      <span id={reasonId} className="field-hint">
        {unavailableBecause}
      </span>
    </span>
  );
};

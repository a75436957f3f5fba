import { useId } from "react";
import type {
  InputHTMLAttributes,
  ReactElement,
  ReactNode,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from "react";

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value and what to enter instead. */
  readonly error?: string | null | undefined;
}

interface Wiring {
  readonly id: string;
  readonly className: string;
  readonly "aria-invalid"?: true;
  readonly "aria-describedby"?: string;
}

const Labels = ({
  label,
  hint,
  error,
  children,
}: Labelled & { readonly children: (wiring: Wiring) => ReactNode }): ReactElement => {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: "field-input",
        ...(error && { "aria-invalid": true }),
        ...(described && { "aria-describedby": described }),
      })}
      {hint && (
        <span id={`${id}-hint`} className="field-hint">
          {hint}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className="field-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
};

/** A labelled line of text. */
export const Field = ({
  label,
  hint,
  error,
  ...input
}: Labelled & InputHTMLAttributes<HTMLInputElement>): ReactElement => (
  <Labels label={label} hint={hint} error={error}>
    {(wiring) => <input {...input} {...wiring} />}
  </Labels>
);

/** A labelled text of several lines. */
export const TextField = ({
  label,
  hint,
  error,
  ...input
}: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactElement => (
  <Labels label={label} hint={hint} error={error}>
    {(wiring) => <textarea {...input} {...wiring} />}
  </Labels>
);

/** A labelled choice; its options are the children. */
export const SelectField = ({
  label,
  hint,
  error,
  ...input
}: Labelled & SelectHTMLAttributes<HTMLSelectElement>): ReactElement => (
  <Labels label={label} hint={hint} error={error}>
    {(wiring) => <select {...input} {...wiring} />}
  </Labels>
);

/** A labelled yes or no. */
export const CheckField = ({
  label,
  hint,
  ...input
}: Omit<Labelled, "error"> & InputHTMLAttributes<HTMLInputElement>): ReactElement => {
  const id = useId();
  return (
    <div className="check">
      <input
        {...input}
        type="checkbox"
        id={id}
        {...(hint && { "aria-describedby": `${id}-hint` })}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <div id={`${id}-hint`} className="field-hint">
            {hint}
          </div>
        )}
      </div>
    </div>
  );
};

/** A choice of few that all stay in sight, such as month or year. */
export const Segments = <Value extends string>({
  legend,
  options,
  value,
  onChange,
}: {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): ReactElement => {
  const name = useId();
  return (
    <fieldset>
      <legend className="visually-hidden">{legend}</legend>
      <div className="segments">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};

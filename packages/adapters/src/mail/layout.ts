import {
  Body,
  Button,
  Container,
  Head,
  Heading,
  Hr,
  Html,
  Link,
  Preview,
  Section,
  Text,
} from "@react-email/components";
import { createElement } from "react";
import type { CSSProperties, ReactElement, ReactNode } from "react";
import { palette } from "./palette.ts";

const { light, dark } = palette;

/**
 * Clients that know dark mode get it by class, since only a rule with !important beats the inline
 * colours that all the others need. `[data-ogsc]` is what Outlook on the web puts in its place.
 */
const darkRules = (prefix: string): string =>
  `${prefix}.lk-page{background:${dark.page}!important}` +
  `${prefix}.lk-card{background:${dark.card}!important;border-color:${dark.line}!important}` +
  `${prefix}.lk-ink{color:${dark.ink}!important}` +
  `${prefix}.lk-quiet{color:${dark.quiet}!important}` +
  `${prefix}.lk-line{border-color:${dark.line}!important}` +
  `${prefix}.lk-field{background:${dark.field}!important;border-color:${dark.line}!important;color:${dark.ink}!important}` +
  `${prefix}.lk-button{background:${dark.accent}!important;color:${dark.onAccent}!important}`;

const stylesheet =
  ":root{color-scheme:light dark;supported-color-schemes:light dark}" +
  `.lk-page{background:${light.page}}` +
  `@media (prefers-color-scheme:dark){${darkRules("")}}` +
  darkRules("[data-ogsc] ") +
  "@media (max-width:480px){.lk-card{padding:24px 20px!important}.lk-key{font-size:15px!important}}";

const fontFamily =
  '-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';
const body: CSSProperties = { fontSize: "16px", lineHeight: "24px", margin: "0 0 16px" };

/** A sentence or two. */
export const paragraph = (...children: ReactNode[]): ReactElement =>
  createElement(Text, { className: "lk-ink", style: { ...body, color: light.ink } }, ...children);

/** A remark that may be skipped. */
export const remark = (...children: ReactNode[]): ReactElement =>
  createElement(
    Text,
    {
      className: "lk-quiet",
      style: { ...body, color: light.quiet, fontSize: "14px", lineHeight: "21px" },
    },
    ...children,
  );

/** The one thing to do. */
export const action = (label: string, url: string): ReactElement =>
  createElement(
    Section,
    { style: { margin: "24px 0" } },
    createElement(
      Button,
      {
        href: url,
        className: "lk-button",
        style: {
          backgroundColor: light.accent,
          borderRadius: "8px",
          color: light.onAccent,
          fontSize: "16px",
          fontWeight: 600,
          padding: "12px 22px",
        },
      },
      label,
    ),
  );

/** A link inside a sentence. */
export const link = (label: string, url: string): ReactElement =>
  createElement(
    Link,
    { href: url, className: "lk-ink", style: { color: light.ink, textDecoration: "underline" } },
    label,
  );

/** A license key, in type that tells its symbols apart and breaks at its dashes alone. */
export const keyField = (licenseKey: string): ReactElement =>
  createElement(
    Section,
    {
      className: "lk-field",
      style: {
        backgroundColor: light.field,
        border: `1px solid ${light.line}`,
        borderRadius: "8px",
        margin: "8px 0 24px",
        padding: "14px 12px",
        textAlign: "center",
      },
    },
    createElement(
      Text,
      {
        className: "lk-ink lk-key",
        style: {
          color: light.ink,
          fontFamily: 'ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace',
          fontSize: "17px",
          fontWeight: 600,
          letterSpacing: "0.5px",
          lineHeight: "26px",
          margin: 0,
        },
      },
      licenseKey,
    ),
  );

/** Numbered steps. */
export const steps = (...items: readonly string[]): ReactElement =>
  createElement(
    "ol",
    {
      className: "lk-ink",
      style: { ...body, color: light.ink, margin: "0 0 24px", paddingLeft: "22px" },
    },
    ...items.map((item) => createElement("li", { key: item, style: { margin: "0 0 6px" } }, item)),
  );

interface LayoutProps {
  /** What the list of mails shows behind the subject. */
  readonly preview: string;
  readonly heading: string;
  /** Why this person got this mail. */
  readonly reason: string;
  readonly children: readonly ReactElement[];
}

/** The frame of every mail: a heading, what it says, and why it came. */
export const layout = ({ preview, heading, reason, children }: LayoutProps): ReactElement =>
  createElement(
    Html,
    { lang: "en", dir: "ltr" },
    createElement(
      Head,
      null,
      createElement("meta", { name: "viewport", content: "width=device-width" }),
      createElement("meta", { name: "color-scheme", content: "light dark" }),
      createElement("meta", { name: "supported-color-schemes", content: "light dark" }),
      createElement("title", null, heading),
      createElement("style", null, stylesheet),
    ),
    createElement(
      Body,
      {
        className: "lk-page",
        // No background here: Body would repeat it on a cell of its own, which no dark rule reaches.
        style: { fontFamily, margin: 0, padding: "32px 12px" },
      },
      createElement(Preview, null, preview),
      createElement(
        Container,
        {
          className: "lk-card",
          style: {
            backgroundColor: light.card,
            border: `1px solid ${light.line}`,
            borderRadius: "12px",
            maxWidth: "560px",
            padding: "36px 36px 28px",
          },
        },
        createElement(
          Heading,
          {
            as: "h1",
            className: "lk-ink",
            style: { color: light.ink, fontSize: "24px", lineHeight: "32px", margin: "0 0 16px" },
          },
          heading,
        ),
        ...children,
        createElement(Hr, {
          className: "lk-line",
          style: { borderColor: light.line, margin: "28px 0 16px" },
        }),
        createElement(
          Text,
          {
            className: "lk-quiet",
            style: { color: light.quiet, fontSize: "13px", lineHeight: "20px", margin: 0 },
          },
          reason,
        ),
      ),
    ),
  );

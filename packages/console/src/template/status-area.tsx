import type { FieldProblem, Notification } from "@interpres/admin-api";
import { Alert } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { texts } from "../texts/texts.ts";
import { NoticeList } from "./notice-list.tsx";
import classes from "./template.module.css";

/** What became of the last thing done on a page. */
export type Status =
  | { readonly kind: "idle"; readonly text?: string }
  | {
      readonly kind: "done";
      readonly text: string;
      readonly warnings?: readonly FieldProblem[];
      readonly notices?: readonly Notification[];
    }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

const COLORS: Readonly<Record<Status["kind"], string>> = { idle: "gray", done: "green", refused: "red" };

/** The book's status line. Screen readers hear it when it changes, and it is brought into view. */
export function StatusArea({ status }: { readonly status: Status }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (status.kind !== "idle") place.current?.scrollIntoView({ block: "center" });
  }, [status]);
  return (
    <Alert
      ref={place}
      className={classes.status}
      color={COLORS[status.kind]}
      aria-label={texts.template.status}
      role="status"
      variant="light"
    >
      {status.kind === "idle" && (status.text ?? texts.template.ready)}
      {status.kind === "done" && (
        <>
          {status.text}
          {status.warnings?.map(({ path, message }) => (
            <div key={`${path} ${message}`}>
              {texts.notifications.severity.warning}: {path} {message}
            </div>
          ))}
          {status.notices !== undefined && status.notices.length > 0 && <NoticeList notices={status.notices} />}
        </>
      )}
      {status.kind === "refused" && status.reasons.map((reason) => <div key={reason}>{reason}</div>)}
    </Alert>
  );
}

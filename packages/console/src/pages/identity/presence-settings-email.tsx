import { type EmailImpact, presenceSettingsPath } from "@interpres/admin-api";
import { Alert, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useAnswer } from "../../data/resources.ts";
import { Confirm } from "../../template/confirm.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.presenceSettings.warning;

interface Props {
  readonly isOpen: boolean;
  readonly onOk: () => void;
  readonly onCancel: () => void;
}

/** The book's warning before mail addresses are used: what happens, and whom it touches on this node. */
export function EmailWarning({ isOpen, onOk, onCancel }: Props): ReactNode {
  return (
    <Confirm title={own.title} question={isOpen ? own.text : undefined} onConfirm={onOk} onCancel={onCancel}>
      {isOpen && <Impact />}
    </Confirm>
  );
}

function Impact(): ReactNode {
  const { data } = useAnswer<EmailImpact>(`${presenceSettingsPath}/email-impact`);
  if (data === undefined) return <Text mt="sm">{texts.template.loading}</Text>;
  const { users, subscriptions, imSessions, problems } = data;
  return (
    <>
      <Text mt="sm">{fill(own.users, { total: users.total, byEmail: users.byEmailAddress, byJid: users.byJid })}</Text>
      <Text mt="sm">{fill(own.subscriptions, { ...subscriptions, imSessions })}</Text>
      {problems.map(({ path, message }) => (
        <Alert key={path} color="orange" mt="sm">
          {path}: {message}
        </Alert>
      ))}
    </>
  );
}

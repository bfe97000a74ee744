import { type ReactNode, useState } from "react";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";
import { SimulatorAnswer } from "./simulator-answer.tsx";
import { useDraft } from "./simulator-draft.ts";
import { DraftEditor } from "./simulator-editor.tsx";
import { QuestionForm, useQuestion } from "./simulator-question.tsx";
import { Replay } from "./simulator-replay.tsx";

const own = texts.routeTester;

/** Where a message to an address would go, whether one from there is taken, and what a draft of the settings makes of both. */
export default function RouteTester(): ReactNode {
  const [question, ask] = useQuestion();
  const [status, setStatus] = useState<Status>();
  const draft = useDraft();
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <QuestionForm question={question} onAsk={ask} />
      {question.address === "" ? (
        <StatusArea status={{ kind: "idle", text: own.help }} />
      ) : (
        <SimulatorAnswer question={question} draft={draft.draft} />
      )}
      <DraftEditor draft={draft} status={status} onReport={setStatus} />
      <Replay draft={draft.draft} />
    </>
  );
}

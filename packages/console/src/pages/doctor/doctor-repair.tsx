import { type DiagnosisRepair, staticRoutes } from "@interpres/admin-api";
import { Button, Code, Group, NumberInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { type DirectRepair, mend } from "../../data/mend.ts";
import { useMay } from "../../session/may.ts";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { CopyButton } from "../../template/letter.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { TrustPresented } from "./doctor-trust.tsx";

const own = texts.doctor.repairs;
const SIP_TLS_PORT = 5061;

interface Props {
  readonly repair: DiagnosisRepair;
  readonly onMended: () => void;
}

/** What can be done here about one finding. */
export function RepairAction({ repair, onMended }: Props): ReactNode {
  switch (repair.kind) {
    case "add-domain":
      return (
        <Button component={Link} to={`/partners/add?domain=${encodeURIComponent(repair.domain)}`} size="xs">
          {fill(own["add-domain"], repair)}
        </Button>
      );
    case "add-route":
      return <AddRoute domain={repair.domain} onMended={onMended} />;
    case "trust-certificate":
      return <TrustPresented {...repair} onTrusted={onMended} />;
    case "publish-record":
      return (
        <Group gap="xs">
          <Code>{repair.record}</Code>
          <CopyButton text={repair.record} />
        </Group>
      );
    case "start-service":
    case "select-subject":
    case "bind-subject":
    case "allow-access":
      return <MendButton repair={repair} onMended={onMended} />;
  }
}

function MendButton({ repair, onMended }: { readonly repair: DirectRepair; readonly onMended: () => void }): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const save = useSave({
    form: NO_FORM,
    report: setStatus,
    save: async () => {
      await mend(api, repair);
      return repair;
    },
    done: () => texts.template.savedSettings,
  });
  const press = async () => {
    if ((await save()) !== undefined) onMended();
  };
  return (
    <>
      <GuardedButton may={may} size="xs" onClick={() => void press()}>
        {fill(own[repair.kind], { ...repair })}
      </GuardedButton>
      {status.kind === "refused" && <StatusArea status={status} />}
    </>
  );
}

const NO_FORM = { values: {}, setErrors: () => undefined };

function AddRoute({ domain, onMended }: { readonly domain: string; readonly onMended: () => void }): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const form = useForm({ initialValues: { nextHop: "", nextHopPort: SIP_TLS_PORT } });
  const save = useSave({
    form,
    report: setStatus,
    save: () => api.create(staticRoutes, { destinationPattern: domain, ...form.values }),
    done: () => texts.template.savedSettings,
  });
  const submit = async () => {
    if ((await save()) !== undefined) onMended();
  };
  return (
    <GuardedForm may={may} onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <TextInput label={texts.staticRoutes.nextHop} required {...form.getInputProps("nextHop")} />
        <NumberInput label={texts.staticRoutes.nextHopPort} required {...form.getInputProps("nextHopPort")} />
        <GuardedButton may={may} type="submit">
          {fill(own["add-route"], { domain })}
        </GuardedButton>
      </Group>
      {status.kind === "refused" && <StatusArea status={status} />}
    </GuardedForm>
  );
}

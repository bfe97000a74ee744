import { type Diagnosis, diagnosisPath, type FederationNotice, federationNoticePath } from "@interpres/admin-api";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useAnswer } from "../../data/resources.ts";
import { Letter } from "../../template/letter.tsx";
import { StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";
import { DoctorProgress } from "../doctor/doctor-progress.tsx";
import { DoctorSteps } from "../doctor/doctor-steps.tsx";

/** After a partner was added: whether it works, and what the other administrator has to know. */
export function PartnerDone({ domain }: { readonly domain: string }): ReactNode {
  const notice = useAnswer<FederationNotice>(federationNoticePath(domain)).data;
  return (
    <>
      <Examined domain={domain} />
      {notice !== undefined && (
        <Letter title={texts.partner.notice} text={notice.text} fileName={`${notice.domain}.txt`} />
      )}
    </>
  );
}

function Examined({ domain }: { readonly domain: string }): ReactNode {
  const api = useApi();
  // Asked once, and again only where something was mended: not by what else is fetched anew after a change.
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["examination", domain],
    queryFn: () => api.ask("POST", diagnosisPath(domain), {}) as Promise<Diagnosis>,
    staleTime: "static",
  });
  if (isFetching) return <DoctorProgress domain={domain} />;
  if (data === undefined)
    return <StatusArea status={{ kind: "refused", reasons: [error === null ? "" : messageOf(error)] }} />;
  return <DoctorSteps steps={data.steps} onMended={() => void refetch()} />;
}

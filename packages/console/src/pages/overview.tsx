import type { ReactNode } from "react";
import { PageTitle } from "../template/page-title.tsx";
import { texts } from "../texts/texts.ts";

export default function Overview(): ReactNode {
  return <PageTitle>{texts.overview.title}</PageTitle>;
}

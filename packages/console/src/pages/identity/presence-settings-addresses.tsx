import { type EmailDrop, emailDrops, type UserNotice, userNoticePath } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useAnswer, useList } from "../../data/resources.ts";
import { Letter } from "../../template/letter.tsx";
import { momentText } from "../../template/moment.ts";
import { Paging, usePaging } from "../../template/paging.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";

const own = texts.presenceSettings.addresses;

/** Who still uses addresses that are not known abroad, and what our users should tell their contacts. */
export function Addresses(): ReactNode {
  const paging = usePaging();
  const drops = useList<EmailDrop>(emailDrops, paging.query).data;
  const notice = useAnswer<UserNotice>(userNoticePath).data;
  return (
    <>
      <PlainTable
        title={own.dropped}
        items={drops?.items ?? []}
        keyOf={({ sender, user }) => `${sender} ${user}`}
        columns={[
          { label: own.sender, cell: ({ sender }) => <span className={classes.long}>{sender}</span> },
          { label: own.addressed, cell: ({ addressed }) => <span className={classes.long}>{addressed}</span> },
          { label: own.user, cell: ({ user }) => <span className={classes.long}>{user}</span> },
          { label: own.count, cell: ({ count }) => count },
          { label: own.lastAt, cell: ({ lastAt }) => <span className={classes.short}>{momentText(lastAt)}</span> },
        ]}
      />
      {(drops?.items.length ?? 0) > 0 && <Paging paging={paging} page={drops} />}
      {notice !== undefined && <Letter title={own.notice} text={notice.text} fileName="users.txt" />}
    </>
  );
}

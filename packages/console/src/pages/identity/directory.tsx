import { type Directory, directoryPath } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { useAnswer } from "../../data/resources.ts";
import { Loaded } from "../../template/loaded.tsx";
import { SettingsForm } from "../../template/settings-form.tsx";
import { texts } from "../../texts/texts.ts";
import { DirectoryFields } from "./directory-fields.tsx";
import { Synchronisation } from "./directory-sync.tsx";
import { type DirectoryValues, directoryInput, directoryValues } from "./directory-values.ts";

const own = texts.directory;

/** User Management > Directory: where users come from, what a synchronisation would do, and doing it. */
export default function DirectoryPage(): ReactNode {
  const directory = useAnswer<Directory>(directoryPath);
  const api = useApi();
  return (
    <Loaded title={own.title} query={directory}>
      {(stored) => (
        <>
          <SettingsForm<DirectoryValues>
            title={own.title}
            stored={directoryValues(stored)}
            save={async (changed) => {
              const input = directoryInput({ ...directoryValues(stored), ...changed });
              const saved = (await api.ask("PUT", directoryPath, input)) as Directory;
              return { ...saved, ...directoryValues(saved) };
            }}
            fields={(form) => <DirectoryFields form={form} hasPassword={stored.hasPassword} />}
          />
          <Synchronisation />
        </>
      )}
    </Loaded>
  );
}

import { Alert, Button, Modal, Paper, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { messageOf } from "../data/problems.ts";
import { texts } from "../texts/texts.ts";
import { useSession } from "./session.tsx";
import classes from "./sign-in.module.css";

/** Shows what is inside to who signed in. When the session ends, signing in again lies over it, and nothing typed is lost. */
export function SignedInOnly({ children }: { readonly children: ReactNode }): ReactNode {
  const { state } = useSession();
  switch (state.kind) {
    case "unknown":
      return null;
    case "unreachable":
      return (
        <Alert color="red" title={texts.session.unreachable}>
          {state.reason}
        </Alert>
      );
    case "signed-out":
      return <SignInPage />;
    case "signed-in":
    case "expired":
      return (
        <>
          {children}
          <Modal
            opened={state.kind === "expired"}
            onClose={() => undefined}
            withCloseButton={false}
            title={texts.session.expired}
            centered
          >
            <SignInForm name={state.name} />
          </Modal>
        </>
      );
  }
}

function SignInPage(): ReactNode {
  return (
    <main className={classes.page}>
      <Paper className={classes.card} withBorder shadow="sm" p="xl" radius="md">
        <Title order={1} size="h2" mb="xs">
          {texts.product}
        </Title>
        <p className={classes.purpose}>{texts.session.purpose}</p>
        <SignInForm name="" />
      </Paper>
    </main>
  );
}

function SignInForm({ name }: { readonly name: string }): ReactNode {
  const { signIn } = useSession();
  const [refusal, setRefusal] = useState<string>();
  const form = useForm({ initialValues: { name, password: "" } });
  const submit = form.onSubmit(async (given) => {
    setRefusal(undefined);
    try {
      await signIn(given);
    } catch (error) {
      setRefusal(messageOf(error));
      form.setFieldValue("password", "");
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        {refusal !== undefined && (
          <Alert color="red" role="alert">
            {refusal}
          </Alert>
        )}
        <TextInput label={texts.session.name} autoComplete="username" required {...form.getInputProps("name")} />
        <PasswordInput
          label={texts.session.password}
          autoComplete="current-password"
          required
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={form.submitting}>
          {texts.session.signIn}
        </Button>
      </Stack>
    </form>
  );
}

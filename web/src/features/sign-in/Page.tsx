import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAbout, useSignIn } from "~/api/session.ts";
import { LOCALES, setLocale } from "~/i18n/index.ts";
import { Logo } from "~/shared/brand/Logo.tsx";
import { Initials } from "~/shared/people/People.tsx";
import { useErrorWords } from "~/shared/states/States.tsx";
import { useLocale } from "~/shared/time/clock.tsx";
import classes from "./SignIn.module.css";

/** Name and password; in the demo its people stand ready as one-click choices. */
export function Page() {
  const { t } = useTranslation();
  const about = useAbout();
  const signIn = useSignIn();
  const words = useErrorWords();
  const locale = useLocale();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  useEffect(() => {
    document.title = `${t("sign-in:title")} · Redthread`;
  }, [t]);
  const people = about.data?.demo ? about.data.demoAccounts : [];

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Logo size={30} />
          <span>Redthread</span>
        </div>
        <Title order={1} className={classes.title}>{t("sign-in:title")}</Title>
        {signIn.error && (
          <Alert color="red" icon={<IconAlertTriangle />} role="alert" mb="md">
            {signIn.error.status === 401 ? t("states:code.wrongCredentials") : words(signIn.error)}
          </Alert>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate({ login: login.trim(), password });
          }}
        >
          <Stack gap="sm">
            <TextInput label={t("sign-in:login")} value={login} onChange={(e) => setLogin(e.currentTarget.value)} autoComplete="username" autoFocus required withAsterisk={false} />
            <PasswordInput label={t("sign-in:password")} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} visibilityToggleButtonProps={{ "aria-label": t("sign-in:show") }} />
            <Button type="submit" size="sm" loading={signIn.isPending} mt={4}>{t("sign-in:enter")}</Button>
          </Stack>
        </form>
        {people.length > 0 && (
          <section className={classes.demo} aria-label={t("sign-in:demo")}>
            <Text size="xs" c="dimmed" mb={6}>{t("sign-in:demo")}</Text>
            {people.map((person) => (
              <UnstyledButton key={person.login} className={classes.person} disabled={signIn.isPending} onClick={() => signIn.mutate({ login: person.login, password: person.password })}>
                <Initials name={person.name} />
                <span className={classes.name}>{person.name}</span>
                <span className={classes.role}>{t(`people:role.${person.role}`)}</span>
              </UnstyledButton>
            ))}
          </section>
        )}
      </div>
      <div className={classes.languages}>
        {LOCALES.map(({ value, label }) => (
          <UnstyledButton key={value} lang={value} aria-pressed={locale === value} onClick={() => void setLocale(value)}>{label}</UnstyledButton>
        ))}
        {about.data && <span>{about.data.version}</span>}
      </div>
    </main>
  );
}

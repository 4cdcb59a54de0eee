import { Button, Checkbox, Group, Modal, MultiSelect, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStoreUser, useTeams, useUsers } from "~/api/people.ts";
import type { Role, User } from "~/api/model.ts";
import { type Locale, LOCALES } from "~/i18n/index.ts";
import { PersonName } from "~/shared/people/People.tsx";
import { Loaded, useErrorWords, useFieldProblem } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import classes from "./Administration.module.css";

const ROLES: Role[] = ["employee", "analyst", "manager", "administrator"];

/** Everybody with an account; a click opens it. */
export function People() {
  const { t } = useTranslation();
  const users = useUsers();
  const [editing, setEditing] = useState<User | "new" | null>(null);
  return (
    <div className={classes.panel}>
      <Group justify="flex-end" mb="xs"><Button leftSection={<IconUserPlus size={15} />} onClick={() => setEditing("new")}>{t("administration:addPerson")}</Button></Group>
      <Loaded query={users}>
        {(all) => (
          <table className={classes.table}>
            <thead>
              <tr><th>{t("administration:name")}</th><th>{t("administration:role")}</th><th data-wide>{t("administration:teams")}</th><th data-wide>{t("administration:email")}</th><th>{t("administration:state")}</th></tr>
            </thead>
            <tbody>
              {all.map((user) => (
                <tr key={user.key} data-off={!user.active || undefined}>
                  <td><button type="button" className={classes.open} onClick={() => setEditing(user)}><PersonName person={user} /></button></td>
                  <td>{t(`people:role.${user.role}`)}</td>
                  <td data-wide>{user.teams.map((team) => team.title).join(", ")}</td>
                  <td data-wide>{user.email}</td>
                  <td>{t(user.active ? "administration:active" : "administration:off")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
      <Modal opened={editing !== null} onClose={() => setEditing(null)} size="lg" title={editing === "new" ? t("administration:addPerson") : editing?.name}>
        {editing !== null && <PersonForm user={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      </Modal>
    </div>
  );
}

function PersonForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useErrorWords();
  const teams = useTeams();
  const { add, change } = useStoreUser();
  const store = user ? change : add;
  const [login, setLogin] = useState(user?.login ?? "");
  const [name, setName] = useState(user?.name ?? "");
  const [email, setEmail] = useState(user?.email ?? "");
  const [role, setRole] = useState<Role>(user?.role ?? "employee");
  const [locale, setLocale] = useState<Locale>(user?.locale ?? "en");
  const [chosen, setChosen] = useState<string[]>(user?.teams.map((team) => team.name) ?? []);
  const [active, setActive] = useState(user?.active ?? true);
  const [password, setPassword] = useState("");
  const fieldProblem = useFieldProblem();
  const problem = (field: string) => fieldProblem(store.error, field);
  const ready = name.trim() !== "" && login.trim() !== "" && (user !== null || password.length >= 8);
  const submit = () => {
    const fields = { name: name.trim(), email: email.trim() || null, role, locale, teams: chosen };
    const onSuccess = () => {
      toast.done(t("administration:savedPerson", { name: fields.name }));
      onClose();
    };
    if (user) change.mutate({ ...fields, key: user.key, version: user.version, active, ...(password ? { password } : {}) }, { onSuccess });
    else add.mutate({ ...fields, login: login.trim(), password }, { onSuccess });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) submit();
      }}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label={t("administration:name")} required value={name} onChange={(e) => setName(e.currentTarget.value)} error={problem("name")} data-autofocus />
          <TextInput label={t("administration:login")} required disabled={user !== null} value={login} onChange={(e) => setLogin(e.currentTarget.value)} error={problem("login")} autoComplete="off" />
          <TextInput label={t("administration:email")} type="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} error={problem("email")} />
          <Select label={t("administration:role")} data={ROLES.map((r) => ({ value: r, label: t(`people:role.${r}`) }))} value={role} onChange={(v) => v && setRole(v as Role)} allowDeselect={false} />
          <Select label={t("administration:language")} data={LOCALES} value={locale} onChange={(v) => v && setLocale(v as Locale)} allowDeselect={false} />
          <MultiSelect label={t("administration:teams")} data={(teams.data ?? []).map((team) => ({ value: team.name, label: team.title }))} value={chosen} onChange={setChosen} />
          <PasswordInput label={t(user ? "administration:newPassword" : "administration:password")} description={t("administration:passwordHint")} required={user === null} value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={problem("password")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("administration:showPassword") }} />
        </SimpleGrid>
        {user && <Checkbox label={t("administration:mayEnter")} checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />}
        {store.error && store.error.problems.length === 0 && <Text role="alert" size="sm" c="var(--danger)">{words(store.error)}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" loading={store.isPending} disabled={!ready}>{t("page:save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

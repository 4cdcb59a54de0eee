import { Button, Group, Modal, MultiSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePeople, useStoreTeam, useTeams } from "~/api/people.ts";
import type { Team } from "~/api/model.ts";
import { PersonName } from "~/shared/people/People.tsx";
import { EmptyState, Loaded, useErrorWords } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import classes from "./Administration.module.css";

/** Teams: the queues that tasks go to. A lane of a diagram finds its team by the name. */
export function Teams() {
  const { t } = useTranslation();
  const teams = useTeams();
  const [editing, setEditing] = useState<Team | "new" | null>(null);
  return (
    <div className={classes.panel}>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">{t("administration:teamsText")}</Text>
        <Button leftSection={<IconPlus size={15} />} onClick={() => setEditing("new")}>{t("administration:addTeam")}</Button>
      </Group>
      <Loaded query={teams}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState title={t("administration:noTeams")} />
          ) : (
            <table className={classes.table}>
              <thead>
                <tr><th>{t("administration:team")}</th><th>{t("administration:short")}</th><th>{t("administration:members")}</th></tr>
              </thead>
              <tbody>
                {all.map((team) => (
                  <tr key={team.name}>
                    <td><button type="button" className={classes.open} onClick={() => setEditing(team)}>{team.title}</button></td>
                    <td>{team.name}</td>
                    <td className={classes.members}>{team.members.map((person) => <PersonName key={person.login} person={person} />)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <Modal opened={editing !== null} onClose={() => setEditing(null)} title={editing === "new" ? t("administration:addTeam") : editing?.title}>
        {editing && <TeamForm team={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      </Modal>
    </div>
  );
}

function TeamForm({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useErrorWords();
  const people = usePeople();
  const { add, change } = useStoreTeam();
  const store = team ? change : add;
  const [name, setName] = useState(team?.name ?? "");
  const [title, setTitle] = useState(team?.title ?? "");
  const [members, setMembers] = useState(team?.members.map((person) => person.login) ?? []);
  const submit = () => {
    const onSuccess = () => {
      toast.done(t("administration:savedTeam", { title: title.trim() }));
      onClose();
    };
    if (team) change.mutate({ key: team.key, version: team.version, title: title.trim(), members }, { onSuccess });
    else add.mutate({ name: name.trim(), title: title.trim(), members }, { onSuccess });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <TextInput label={t("administration:team")} required value={title} onChange={(e) => setTitle(e.currentTarget.value)} data-autofocus />
        <TextInput label={t("administration:short")} description={t("administration:shortHint")} required disabled={team !== null} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <MultiSelect label={t("administration:members")} data={(people.data ?? []).map((person) => ({ value: person.login, label: person.name }))} value={members} onChange={setMembers} searchable />
        {store.error && <Text role="alert" size="sm" c="var(--danger)">{words(store.error)}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" loading={store.isPending} disabled={name.trim() === "" || title.trim() === ""}>{t("page:save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

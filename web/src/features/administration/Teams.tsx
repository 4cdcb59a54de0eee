import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStoreTeam, useTeams } from "~/api/people.ts";
import { PersonName } from "~/shared/people/People.tsx";
import { EmptyState, Loaded, useErrorWords } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import classes from "./Administration.module.css";

/** Teams: the queues that tasks go to. A lane of a diagram finds its team by the name. */
export function Teams() {
  const { t } = useTranslation();
  const teams = useTeams();
  const [adding, setAdding] = useState(false);
  return (
    <div className={classes.panel}>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">{t("administration:teamsText")}</Text>
        <Button leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>{t("administration:addTeam")}</Button>
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
                    <td><b>{team.title}</b></td>
                    <td>{team.name}</td>
                    <td className={classes.members}>{(team.members ?? []).map((person) => <PersonName key={person.login} person={person} />)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <Modal opened={adding} onClose={() => setAdding(false)} title={t("administration:addTeam")}>{adding && <TeamForm onClose={() => setAdding(false)} />}</Modal>
    </div>
  );
}

function TeamForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useErrorWords();
  const store = useStoreTeam();
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        store.mutate({ name: name.trim(), title: title.trim() }, { onSuccess: () => (toast.done(t("administration:savedTeam", { title: title.trim() })), onClose()) });
      }}
    >
      <Stack gap="sm">
        <TextInput label={t("administration:team")} required value={title} onChange={(e) => setTitle(e.currentTarget.value)} data-autofocus />
        <TextInput label={t("administration:short")} description={t("administration:shortHint")} required value={name} onChange={(e) => setName(e.currentTarget.value)} />
        {store.error && <Text role="alert" size="sm" c="var(--danger)">{words(store.error)}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" loading={store.isPending} disabled={name.trim() === "" || title.trim() === ""}>{t("page:save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

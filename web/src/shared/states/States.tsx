import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconLock, IconPlugConnectedX, IconSearchOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError } from "~/api/client.ts";
import { asLocale } from "~/i18n/index.ts";
import classes from "./States.module.css";
import { errorWords, problemWords } from "./errors.ts";

interface StateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** A page or panel that has nothing to show: says why, and offers one next step. */
export function EmptyState({ icon, title, children, action }: StateProps) {
  return (
    <div className={classes.state} role="status">
      {icon && <div className={classes.icon} aria-hidden>{icon}</div>}
      <Title order={2} className={classes.title}>{title}</Title>
      {children && <Text c="dimmed" size="md" maw={440}>{children}</Text>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}

export function useErrorWords() {
  const { t, i18n } = useTranslation();
  const locale = asLocale(i18n.language);
  return (error: unknown) => (error instanceof ApiError ? errorWords(error, (key, params) => t(key, params ?? {}), (key) => i18n.exists(key), locale) : t("states:status.other"));
}

/** The problem of one field of a form, as its input shows it. */
export function useFieldProblem() {
  const { t, i18n } = useTranslation();
  const locale = asLocale(i18n.language);
  return (error: ApiError | null, field: string) => {
    const problem = error?.problems.find((one) => one.field === field);
    return problem && problemWords(problem, (key, params) => t(key, params ?? {}), (key) => i18n.exists(key), locale);
  };
}

/** What could not be loaded: forbidden, gone, or failed; each with its own next step. */
export function FailedState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const status = error instanceof ApiError ? error.status : -1;
  if (status === 403) {
    return <EmptyState icon={<IconLock />} title={t("states:forbidden.title")} action={<Button variant="default" component={Link} to="/">{t("states:home")}</Button>}>{t("states:forbidden.text")}</EmptyState>;
  }
  if (status === 404) {
    return <EmptyState icon={<IconSearchOff />} title={t("states:gone.title")} action={<Button variant="default" component={Link} to="/">{t("states:home")}</Button>}>{t("states:gone.text")}</EmptyState>;
  }
  return (
    <div role="alert">
      <EmptyState icon={<IconPlugConnectedX />} title={t("states:failed.title")} action={retry && <Button variant="default" onClick={retry}>{t("states:retry")}</Button>}>
        {words(error)}
      </EmptyState>
    </div>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Shows a query in each of its states; data once seen stays while it is asked for again. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <FailedState error={query.error} retry={() => query.refetch()} />;
  return <>{skeleton ?? <RowsSkeleton />}</>;
}

/** Rows of the size they will have, so that nothing jumps. */
export function RowsSkeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap={0} aria-busy="true" aria-label={t("states:loading")} role="status">
      {Array.from({ length: rows }, (_, row) => (
        <Group key={row} h={37} gap="xl" wrap="nowrap" px="sm">
          <Skeleton h={10} w={`${30 + ((row * 17) % 25)}%`} radius="sm" />
          <Skeleton h={10} w="14%" radius="sm" />
          <Skeleton h={10} w="10%" radius="sm" />
        </Group>
      ))}
    </Stack>
  );
}

/** A card page on its way: header, two thirds and one third. */
export function CardSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.card} aria-busy="true" aria-label={t("states:loading")} role="status">
      <Skeleton h={22} w="40%" mb={10} />
      <Skeleton h={12} w="25%" mb={28} />
      <div className={classes.columns}>
        <Skeleton h={320} radius="md" />
        <Skeleton h={320} radius="md" />
      </div>
    </div>
  );
}

import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Key } from "~/api/model.ts";
import { useMe } from "~/api/session.ts";
import { may } from "../people/may.ts";

/** Leads to an instance those who may watch it; others read where it would lead. */
export function InstanceLink({ instance, onClick, children }: { instance: Key; onClick?: () => void; children: ReactNode }) {
  const { role } = useMe();
  if (!may.watch(role)) return <>{children}</>;
  return <Anchor component={Link} to={`/instances/${instance}`} inherit onClick={onClick}>{children}</Anchor>;
}

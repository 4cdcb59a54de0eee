import { Button, Checkbox, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useInstanceActions } from "~/api/instances.ts";
import type { CanActivate } from "~/api/model.ts";
import { Section } from "~/shared/page/Page.tsx";
import { useToast } from "~/shared/states/toast.tsx";

interface Props {
  instance: string;
  adHoc: CanActivate;
  /** What to call elements without a name. */
  names: Record<string, string>;
  stepIn: boolean;
}

/** An ad-hoc sub-process: what can be begun in it, chosen by a person, as often as is needed. */
export function AdHoc({ instance, adHoc, names, stepIn }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const { activate } = useInstanceActions(instance);
  const [chosen, setChosen] = useState<string[]>([]);
  const called = (element: string, name: string) => (name !== "" && name !== element ? name : (names[element] ?? element));
  const said = (elements: string[]) => adHoc.elements.filter((one) => elements.includes(one.element)).map((one) => t("history:quoted", { name: called(one.element, one.elementName) })).join(", ");
  if (adHoc.elements.length === 0) return null;
  return (
    <Section title={t("instances:adHoc", { element: called(adHoc.element, adHoc.elementName) })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen.length === 0) return;
          activate.mutate(
            { elementInstance: adHoc.elementInstance, elements: chosen },
            { onSuccess: () => (toast.done(t("instances:begun", { elements: said(chosen) })), setChosen([])), onError: toast.failed },
          );
        }}
      >
        <Stack gap="xs">
          <Text size="xs" c="dimmed" id={`ad-hoc-${adHoc.elementInstance}`}>{t(stepIn ? "instances:adHocChoose" : "instances:adHocOthers")}</Text>
          <Stack gap={6} role="group" aria-labelledby={`ad-hoc-${adHoc.elementInstance}`}>
            {adHoc.elements.map((one) => (
              <Checkbox
                key={one.element}
                size="xs"
                label={called(one.element, one.elementName)}
                disabled={!stepIn}
                checked={chosen.includes(one.element)}
                onChange={(event) => {
                  const on = event.currentTarget.checked;
                  setChosen((old) => (on ? [...old, one.element] : old.filter((element) => element !== one.element)));
                }}
              />
            ))}
          </Stack>
          {stepIn && (
            <div>
              <Button type="submit" size="xs" loading={activate.isPending} disabled={chosen.length === 0}>{t("instances:begin", { count: Math.max(1, chosen.length) })}</Button>
            </div>
          )}
        </Stack>
      </form>
    </Section>
  );
}

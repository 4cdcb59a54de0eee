import { Anchor, Menu, Select } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useDecision, useDecisionFile, useDecisions, useEvaluate } from "~/api/decisions.ts";
import { useMe } from "~/api/session.ts";
import type { Decision } from "~/api/model.ts";
import { DecisionBrowser } from "~/shared/decision/DecisionBrowser.tsx";
import type { RuleMark } from "~/shared/decision/DecisionModel.tsx";
import { Explanation, matchedRules } from "~/shared/decision/Explanation.tsx";
import { decisionMarks } from "~/shared/decision/marks.ts";
import { decisionPlaces, readDecisions } from "~/shared/decision/read.ts";
import { usePlaceWords } from "~/shared/decision/words.ts";
import { download } from "~/shared/diagram/download.ts";
import { Problems } from "~/shared/diagram/Problems.tsx";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { CardSkeleton, FailedState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { When } from "~/shared/time/When.tsx";
import { useCallers } from "./callers.ts";
import classes from "./Decisions.module.css";
import { TryOut } from "./TryOut.tsx";

export function Page() {
  const { key = "" } = useParams();
  const decision = useDecision(key);
  return <Loaded query={decision} skeleton={<CardSkeleton />}>{(data) => <DecisionPage key={data.key} decision={data} />}</Loaded>;
}

/** A decision: its table or expression, what it needs, who asks it, what is doubtful in it, and a place to try it out. */
function DecisionPage({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const me = useMe();
  const toast = useToast();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const text = useDecisionFile(decision.key);
  const all = useDecisions();
  const evaluate = useEvaluate(decision.key);
  const words = usePlaceWords();
  const file = useMemo(() => (text.data ? readDecisions(text.data) : null), [text.data]);
  const places = useMemo(() => (file ? decisionPlaces(file) : {}), [file]);
  const [view, setView] = useState<string | null>(decision.decisionId);
  const [chosen, setChosen] = useState<string | null>(null);
  // The rules that an instance's history speaks of: /decisions/7?rules=2,5.
  const told = params.get("rules");
  useEffect(() => setView(decision.decisionId), [decision.decisionId]);

  const answer = evaluate.data;
  const found = useMemo(() => decisionMarks(decision.warnings, places, view), [decision.warnings, places, view]);
  const rules = useMemo((): RuleMark[] => {
    const matched = answer ? matchedRules(answer.decisions, view) : view === decision.decisionId ? (told?.split(",").map(Number) ?? []) : [];
    return [...found.rules, ...matched.map((rule): RuleMark => ({ rule, kind: "matched", title: t("decision:matched", { count: 1, rules: rule }) }))];
  }, [answer, found, told, view, decision.decisionId, t]);
  const where = useMemo(() => Object.fromEntries(decision.warnings.flatMap(({ element }) => (element && places[element] ? [[element, words(places[element])]] : []))), [decision.warnings, places, words]);
  const place = chosen ? places[chosen] : undefined;
  const title = decision.name;
  const latest = decision.versions.every((version) => version.version <= decision.version);
  const by = decision.deployedBy?.name;

  return (
    <div className={classes.page}>
      <PageHeader
        above={<Anchor component={Link} to="/decisions" inherit>{t("frame:decisions")}</Anchor>}
        title={title}
        facts={[
          <Versions key="versions" decision={decision} />,
          <span key="id" className={classes.id}>{decision.decisionId}</span>,
          <span key="deployed">{t("decisions:deployedAt")} <When at={decision.deployedAt} />{by && `, ${by}`}</span>,
        ]}
        more={<Menu.Item leftSection={<IconDownload size={15} />} disabled={!text.data} onClick={() => download(decision.fileName, text.data ?? "")}>{t("decisions:download")}</Menu.Item>}
      />
      <div className={classes.split}>
        <div className={classes.model}>
          {file ? (
            <DecisionBrowser
              file={file}
              label={t("decision:label", { name: title })}
              view={view}
              onView={(next) => {
                // Another decision of the file has a page, inputs and callers of its own.
                const other = next !== null && next !== decision.decisionId ? all.data?.find((row) => row.decisionId === next && latest && row.latest.fileName === decision.fileName) : undefined;
                if (other && !answer) void navigate(`/decisions/${other.latest.key}`);
                else setView(next);
              }}
              rules={rules}
              marks={found.marks}
              focusRule={place && place.decision === view ? (place.rule ?? null) : null}
            />
          ) : text.error ? (
            <FailedState error={text.error} retry={() => text.refetch()} />
          ) : (
            text.data && <FailedState error={new Error("unreadable")} />
          )}
        </div>
        <aside className={classes.panel} aria-label={t("decisions:panel")}>
          {decision.question && <p className={classes.question}>{decision.question}</p>}
          {may.deploy(me.role) && (
            <section className={classes.part}>
              <h2>{t("decisions:tryOut")}</h2>
              {decision.inputs.length === 0 && <p className={classes.text}>{t("decisions:noInputs")}</p>}
              <TryOut
                inputs={decision.inputs}
                pending={evaluate.isPending}
                onAsk={(variables) => {
                  setView(decision.decisionId);
                  evaluate.mutate(variables, { onError: toast.failed });
                }}
              />
              {answer && (
                <div role="status" data-testid="answer">
                  <p className={classes.answer} data-empty={answer.value === null || undefined}>
                    <span>{t("decisions:result")}</span>
                    <code>{answer.text}</code>
                  </p>
                  {answer.warnings.length > 0 && <ul className={classes.notes}>{answer.warnings.map((warning, i) => <li key={i}>{[warning.place, warning.message].filter(Boolean).join(": ")}</li>)}</ul>}
                  <div className={classes.steps}><Explanation traces={answer.decisions} chosen={view} onChoose={setView} /></div>
                </div>
              )}
            </section>
          )}
          <section className={classes.part}>
            <h2>{t("decisions:findings")}</h2>
            {decision.warnings.length === 0 ? (
              <p className={classes.text}>{t("decisions:noFindings")}</p>
            ) : (
              <Problems
                problems={decision.warnings}
                names={where}
                places={where}
                chosen={chosen}
                onChoose={(element) => {
                  setChosen(element);
                  const at = element ? places[element] : undefined;
                  if (at) setView(at.decision);
                }}
              />
            )}
          </section>
          <Callers decision={decision.decisionId} />
        </aside>
      </div>
    </div>
  );
}

function Versions({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (decision.versions.length < 2) return <>{t("decisions:versionNo", { version: decision.version })}</>;
  const options = [...decision.versions].sort((a, b) => b.version - a.version).map((one) => ({ value: one.key, label: t("decisions:versionNo", { version: one.version }) }));
  return <Select size="xs" variant="unstyled" aria-label={t("decisions:versions")} data={options} value={decision.key} allowDeselect={false} onChange={(key) => key && navigate(`/decisions/${key}`)} className={classes.versions} comboboxProps={{ width: 180, position: "bottom-start" }} />;
}

function Callers({ decision }: { decision: string }) {
  const { t } = useTranslation();
  const callers = useCallers(decision);
  return (
    <section className={classes.part}>
      <h2>{t("decisions:calledBy")}</h2>
      {callers === null ? (
        <RowsSkeleton rows={1} />
      ) : callers.length === 0 ? (
        <p className={classes.text}>{t("decisions:notCalled")}</p>
      ) : (
        <ul className={classes.callers}>
          {callers.map((caller) => (
            <li key={`${caller.definition}-${caller.element}`}>
              <Link to={`/processes/${caller.definition}?element=${encodeURIComponent(caller.element)}`}>
                <b>{caller.process}</b>
                <span>{caller.elementName ?? t("elements:kind.businessRuleTask")}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

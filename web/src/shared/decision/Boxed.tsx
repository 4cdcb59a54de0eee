import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Boxed.module.css";
import { child, type DecisionFile, decisionElement, LOGICS } from "./read.ts";

/** How deep boxes are drawn in boxes: a file may nest them as deep as it likes. */
const DEEPEST = 12;

/** Boxed expressions that the library does not draw for a decision (DMN 1.5, section 10): contexts, lists, invocations ... */
export function Boxed({ file, decision }: { file: DecisionFile; decision: string }) {
  const { t } = useTranslation();
  const element = useMemo(() => decisionElement(file.xml, decision), [file, decision]);
  const logic = element && child(element, ...LOGICS);
  if (!element) return null;
  return <div className={classes.paper}>{logic ? <Box of={logic} depth={0} /> : <p className={classes.none}>{t("decision:noLogic")}</p>}</div>;
}

const text = (element: Element | undefined) => (element ? (child(element, "text")?.textContent ?? "").trim() : "");
const kids = (element: Element, name: string) => [...element.children].filter((one) => one.localName === name);
const inside = (element: Element | undefined, ...names: string[]) => (element ? child(element, ...names, ...(names.length > 0 ? [] : LOGICS)) : undefined);

function Box({ of: element, depth }: { of: Element | undefined; depth: number }): ReactNode {
  const { t } = useTranslation();
  if (!element) return <span className={classes.none}>—</span>;
  if (depth > DEEPEST) return <span className={classes.none}>…</span>;
  const box = (inner: Element | undefined) => <Box of={inner} depth={depth + 1} />;
  const rows = (pairs: [ReactNode, ReactNode][]) => (
    <table className={classes.box}>
      <tbody>
        {pairs.map(([name, value], i) => (
          <tr key={i}>
            {name !== null && <th scope="row">{name}</th>}
            <td colSpan={name === null ? 2 : 1}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  const said = (word: string, name: string): [ReactNode, ReactNode] => [t(`decision:box.${word}`), box(inside(inside(element, name)))];
  switch (element.localName) {
    case "literalExpression":
      return <code className={classes.code}>{text(element)}</code>;
    case "context":
      return rows(kids(element, "contextEntry").map((entry) => [inside(entry, "variable")?.getAttribute("name") ?? null, box(inside(entry))]));
    case "list":
      return rows([...element.children].filter((one) => LOGICS.includes(one.localName)).map((one, i) => [String(i + 1), box(one)]));
    case "invocation":
      return rows([[t("decision:box.call"), box(inside(element))], ...kids(element, "binding").map((binding): [ReactNode, ReactNode] => [inside(binding, "parameter")?.getAttribute("name") ?? "", box(inside(binding))])]);
    case "functionDefinition":
      return rows([[t("decision:box.parameters"), kids(element, "formalParameter").map((one) => one.getAttribute("name")).join(", ")], [t("decision:box.body"), box(inside(element))]]);
    case "conditional":
      return rows([said("if", "if"), said("then", "then"), said("else", "else")]);
    case "for":
      return rows([[t("decision:box.each"), element.getAttribute("iteratorVariable")], said("in", "in"), said("return", "return")]);
    case "some":
    case "every":
      return rows([[t(element.localName === "some" ? "decision:box.some" : "decision:box.every"), element.getAttribute("iteratorVariable")], said("in", "in"), said("satisfies", "satisfies")]);
    case "filter":
      return rows([said("in", "in"), said("match", "match")]);
    case "relation":
      return (
        <table className={classes.box}>
          <thead>
            <tr>{kids(element, "column").map((column, i) => <th key={i} scope="col">{column.getAttribute("name")}</th>)}</tr>
          </thead>
          <tbody>
            {kids(element, "row").map((row, i) => (
              <tr key={i}>{[...row.children].filter((one) => LOGICS.includes(one.localName)).map((one, j) => <td key={j}>{box(one)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      );
    case "decisionTable":
      return <Table of={element} />;
    default:
      return <span className={classes.none}>{element.localName}</span>;
  }
}

/** A table inside another expression. */
function Table({ of: element }: { of: Element }) {
  const inputs = kids(element, "input").map((input) => input.getAttribute("label") ?? text(inside(input, "inputExpression")));
  const outputs = kids(element, "output").map((output) => output.getAttribute("label") ?? output.getAttribute("name") ?? "");
  return (
    <table className={classes.box}>
      <thead>
        <tr>
          <th scope="col">{element.getAttribute("hitPolicy")?.charAt(0) ?? "U"}</th>
          {[...inputs, ...outputs].map((name, i) => <th key={i} scope="col">{name}</th>)}
        </tr>
      </thead>
      <tbody>
        {kids(element, "rule").map((rule, i) => (
          <tr key={i}>
            <th scope="row">{i + 1}</th>
            {[...kids(rule, "inputEntry"), ...kids(rule, "outputEntry")].map((entry, j) => <td key={j}><code className={classes.code}>{text(entry)}</code></td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

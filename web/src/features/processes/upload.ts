import { useState } from "react";
import { ApiError } from "~/api/client.ts";
import { useDeploy } from "~/api/processes.ts";
import type { Deployment, Problem } from "~/api/model.ts";

export interface Refused {
  problems: Problem[];
  /** The uploaded text by file name, so that problems can be shown on the diagram. */
  xml: Record<string, string>;
  error: ApiError;
}

/** An upload under way: sent, then either deployed or refused with its problems. */
export function useUpload() {
  const deploy = useDeploy();
  const [files, setFiles] = useState<File[]>([]);
  const [refused, setRefused] = useState<Refused | null>(null);
  return {
    names: files.map((file) => file.name),
    sending: deploy.isPending,
    deployed: deploy.data as Deployment | undefined,
    refused,
    send(chosen: File[]) {
      setFiles(chosen);
      setRefused(null);
      deploy.reset();
      deploy.mutate(chosen, {
        onError: async (error) => {
          const xml: Record<string, string> = {};
          for (const file of chosen) xml[file.name] = await readText(file);
          const failure = error instanceof ApiError ? error : new ApiError({ status: -1 });
          setRefused({ problems: failure.problems, xml, error: failure });
        },
      });
    },
    close() {
      setFiles([]);
      setRefused(null);
      deploy.reset();
    },
  };
}

/** A diagram may come in UTF-16; the byte order mark tells. The server reads the bytes themselves. */
async function readText(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

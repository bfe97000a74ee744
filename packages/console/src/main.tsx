import "@mantine/core/styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const ports = {
  now: Date.now,
  randomOctets: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App ports={ports} />
  </StrictMode>,
);

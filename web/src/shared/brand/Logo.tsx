/** The thread with its knots: two done, one where it stands. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <path d="M4 23c5 0 6-4 8-8s4-7 9-7" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="5" cy="23" r="3.4" fill="currentColor" />
      <circle cx="13" cy="13.5" r="3.4" fill="currentColor" />
      <circle cx="25" cy="8" r="4" fill="none" stroke="currentColor" strokeWidth="2.6" />
    </svg>
  );
}

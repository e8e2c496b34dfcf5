/** Where somebody's picture is fetched; null for those who have none. */
export function avatarAddressOf(avatarId: string | null): string | null {
  return avatarId === null ? null : `/avatars/${avatarId}`;
}

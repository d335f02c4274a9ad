-- Proves that a listener may change their name and picture but not which Spotify account they are.
begin;
select plan(9);

insert into auth.users (id) values
    ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');
insert into public.profiles values
    ('00000000-0000-4000-8000-00000000000a', 'spotify-ada', 'Ada', null),
    ('00000000-0000-4000-8000-00000000000b', 'spotify-grace', 'Grace', null);

set local role authenticated;
set local request.jwt.claims to '{"role": "authenticated", "sub": "00000000-0000-4000-8000-00000000000a"}';

select lives_ok('update public.profiles set display_name = ''Countess''', 'the name may be changed');
select lives_ok('update public.profiles set avatar_url = ''https://i.scdn.co/image/1''', 'the picture may be changed');
select throws_ok(
    'update public.profiles set spotify_id = ''spotify-grace''',
    '42501', null, 'the account may not be changed'
);
select throws_ok(
    'update public.profiles set user_id = ''00000000-0000-4000-8000-00000000000b''',
    '42501', null, 'the profile may not be given away'
);
select throws_ok(
    'insert into public.profiles values (''00000000-0000-4000-8000-00000000000a'', ''spotify-grace'')',
    '42501', null, 'a profile may not be made up'
);
select throws_ok('delete from public.profiles', '42501', null, 'a profile may not be thrown away to be made anew');
select results_eq(
    'select spotify_id, display_name from public.profiles',
    'values (''spotify-ada'', ''Countess'')',
    'the listener sees their own profile, changed'
);

set local request.jwt.claims to '{"role": "authenticated", "sub": "00000000-0000-4000-8000-00000000000b"}';
select results_eq(
    'select spotify_id, display_name from public.profiles',
    'values (''spotify-grace'', ''Grace'')',
    'the other one sees their own, unchanged'
);

set local role anon;
select throws_ok('update public.profiles set display_name = ''x''', '42501', null, 'a visitor changes nothing');

select * from finish();
rollback;
